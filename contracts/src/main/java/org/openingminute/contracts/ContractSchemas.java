package org.openingminute.contracts;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The published contracts, for tests of writers and readers of messages. Works without a network. An instance is immutable and thread-safe;
 * creating one parses the AsyncAPI document once.
 */
public final class ContractSchemas {
    private static final String RESOURCES = "contracts/";
    private static final String NAMES = "https://openingminute.org/contracts/";
    private static final String RELEASED = "released";
    private static final String EXAMPLES = "examples";

    private final JsonMapper json = new JsonMapper();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaIdResolvers(resolvers -> resolvers.mapPrefix(NAMES, "classpath:" + RESOURCES))
                    // By default `format` only annotates; here an invalid instant has to be an error.
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .locale(Locale.ENGLISH)
                            .build()));
    private final JsonNode document = readDocument();
    private final Set<String> types = typesIn(document);

    /** Returns the {@code ce_type} of every message in the AsyncAPI document, in alphabetical order. */
    public Set<String> types() {
        return types;
    }

    /**
     * Returns the {@code ce_type} of every message of a topic.
     *
     * @throws IllegalArgumentException if the AsyncAPI document has no such topic
     */
    public Set<String> typesOn(String topic) {
        return new TreeSet<>(channel(topic).path("messages").propertyNames());
    }

    private JsonNode channel(String topic) {
        for (JsonNode channel : document.path("channels")) {
            if (channel.path("address").asString().equals(topic)) {
                return channel;
            }
        }
        throw new IllegalArgumentException("asyncapi.yaml names no topic '" + topic + "'");
    }

    /** Returns the topics that a service writes according to the AsyncAPI document, in alphabetical order; empty for an unknown service. */
    public Set<String> topicsWrittenBy(String service) {
        return topics("send", service);
    }

    /**
     * Returns a topic's number of partitions.
     *
     * @throws IllegalArgumentException if the AsyncAPI document has no such topic
     */
    public int partitions(String topic) {
        return channel(topic).at("/bindings/kafka/partitions").asInt();
    }

    /**
     * Returns a topic's configuration by name, in the brokers' text form.
     *
     * @throws IllegalArgumentException if the AsyncAPI document has no such topic
     */
    public SortedMap<String, String> configuration(String topic) {
        SortedMap<String, String> configuration = new TreeMap<>();
        channel(topic)
                .at("/bindings/kafka/topicConfiguration")
                .properties()
                .forEach(one -> configuration.put(one.getKey(), text(one.getValue())));
        return configuration;
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(","))
                : value.asString();
    }

    /** Returns the topics that a service reads according to the AsyncAPI document, in alphabetical order; empty for an unknown service. */
    public Set<String> topicsReadBy(String service) {
        return topics("receive", service);
    }

    private Set<String> topics(String action, String service) {
        Set<String> topics = new TreeSet<>();
        for (JsonNode operation : document.path("operations")) {
            if (operation.path("action").asString().equals(action)
                    && operation.at("/tags/0/name").asString().equals(service)) {
                JsonNode channel =
                        document.at(operation.at("/channel/$ref").asString().substring(1));
                // An address with parameters, such as that of dead letters, matches many topics.
                if (!channel.has("parameters")) {
                    topics.add(channel.path("address").asString());
                }
            }
        }
        return topics;
    }

    /**
     * Returns the faults of a message's body, one sentence each with a JSON pointer to the place; empty for a valid body. An unknown type
     * and a body that is not JSON are faults too, not exceptions.
     */
    public List<String> validate(String type, String body) {
        if (!types.contains(type)) {
            return List.of("asyncapi.yaml names no type '" + type + "'");
        }
        try {
            return problems(bodyOf(type), json.readTree(body));
        } catch (JacksonException notJson) {
            return List.of("not JSON: " + notJson.getOriginalMessage());
        }
    }

    /** Returns the faults of a record's headers, given as text; empty for valid headers. Ignores other headers. */
    public List<String> validateHeaders(Map<String, String> headers) {
        return problems(schema("schemas/common.json#/$defs/headers"), json.valueToTree(headers));
    }

    /**
     * Returns the examples of a type by name, as JSON texts in alphabetical order of the names. Current examples have a plain name;
     * released ones are prefixed with their release: {@code 0.1.0/full}. Every reader must be able to read all of them.
     *
     * @throws IllegalArgumentException if the type has no examples
     */
    public SortedMap<String, String> examples(String type) {
        SortedMap<String, String> examples = types.contains(type) ? readExamples(type) : Collections.emptySortedMap();
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("no examples of '" + type + "'");
        }
        return examples;
    }

    /**
     * Returns messages that later versions of this contract may write, derived from the examples of a type, by name. Each has a new field
     * in every object that may have one, or a new value of an enumeration. Every reader must be able to read all of them.
     *
     * @throws IllegalArgumentException if the type has no examples
     */
    public SortedMap<String, String> ofLaterVersions(String type) {
        LaterVersions of = new LaterVersions(bodyOf(type));
        SortedMap<String, String> later = new TreeMap<>();
        examples(type).forEach((name, text) -> {
            JsonNode example = json.readTree(text);
            later.put(name + ", extended", of.extended(example).toString());
            of.withOtherValues(example)
                    .forEach((place, other) -> later.put(name + ", another " + place, other.toString()));
        });
        return later;
    }

    private Schema bodyOf(String type) {
        return schema("schemas/" + type + ".json");
    }

    private Schema schema(String path) {
        return registry.getSchema(SchemaLocation.of(NAMES + path));
    }

    private static List<String> problems(Schema schema, JsonNode node) {
        return schema.validate(node).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private static JsonNode readDocument() {
        try (InputStream document =
                ContractSchemas.class.getClassLoader().getResourceAsStream(RESOURCES + "asyncapi.yaml")) {
            if (document == null) {
                throw new IllegalStateException("asyncapi.yaml is not on the class path");
            }
            return new YAMLMapper().readTree(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> typesIn(JsonNode document) {
        Set<String> names = new TreeSet<>();
        for (Map.Entry<String, JsonNode> message :
                document.path("components").path("messages").properties()) {
            // Dead letters have no type of their own: their body may be that of any other message.
            if (message.getValue().has("payload")) {
                names.add(message.getKey());
            }
        }
        return Collections.unmodifiableSet(names);
    }

    private static SortedMap<String, String> readExamples(String type) {
        URL document = ContractSchemas.class.getClassLoader().getResource(RESOURCES + "asyncapi.yaml");
        Objects.requireNonNull(document, "it was read before");
        try {
            if (document.openConnection() instanceof JarURLConnection inJar) {
                // Opens its own file system, because concurrent tests would close a shared one.
                URI jar = inJar.getJarFileURL().toURI();
                try (FileSystem files = FileSystems.newFileSystem(Path.of(jar))) {
                    return readExamples(files.getPath(RESOURCES), type);
                }
            }
            return readExamples(Path.of(document.toURI()).resolveSibling(""), type);
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("cannot read the examples of '" + type + "'", e);
        }
    }

    private static SortedMap<String, String> readExamples(Path contracts, String type) throws IOException {
        SortedMap<String, String> examples = new TreeMap<>();
        addExamples(contracts, type, "", examples);
        for (Path release : filesIn(contracts.resolve(RELEASED))) {
            addExamples(release, type, release.getFileName() + "/", examples);
        }
        return Collections.unmodifiableSortedMap(examples);
    }

    private static void addExamples(Path contracts, String type, String before, SortedMap<String, String> examples)
            throws IOException {
        for (Path file : filesIn(contracts.resolve(EXAMPLES).resolve(type))) {
            String name = file.getFileName().toString();
            examples.put(before + name.substring(0, name.length() - ".json".length()), Files.readString(file));
        }
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
