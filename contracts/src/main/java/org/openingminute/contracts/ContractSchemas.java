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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The published contracts, for the tests of those who write and read the messages. Nothing is fetched from a network.
 * An instance is immutable and may be used by many threads; making one parses the AsyncAPI document once.
 */
public final class ContractSchemas {
    private static final String RESOURCES = "contracts/";
    private static final String NAMES = "https://openingminute.org/contracts/";

    private final JsonMapper json = new JsonMapper();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaIdResolvers(resolvers -> resolvers.mapPrefix(NAMES, "classpath:" + RESOURCES))
                    // By default `format` is only a remark; here an instant that is none is a fault.
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .locale(Locale.ENGLISH)
                            .build()));
    private final Set<String> types = readTypes();

    /** The {@code ce_type} of every message that the AsyncAPI document names, in alphabetical order. */
    public Set<String> types() {
        return types;
    }

    /**
     * What is wrong with a message's body, one sentence each with a JSON pointer to the place; empty if nothing is. A type
     * that the AsyncAPI document does not name and a body that is not JSON are problems too, not exceptions.
     */
    public List<String> validate(String type, String body) {
        if (!types.contains(type)) {
            return List.of("asyncapi.yaml names no type '" + type + "'");
        }
        try {
            return problems(schema("schemas/" + type + ".json"), json.readTree(body));
        } catch (JacksonException notJson) {
            return List.of("not JSON: " + notJson.getOriginalMessage());
        }
    }

    /** What is wrong with the headers of a record, given as text; empty if nothing is. Headers of others are ignored. */
    public List<String> validateHeaders(Map<String, String> headers) {
        return problems(schema("schemas/common.json#/$defs/headers"), json.valueToTree(headers));
    }

    /**
     * The examples of a type: name to JSON text, in alphabetical order of the names. Every reader must be able to read all.
     *
     * @throws IllegalArgumentException if the type has no examples
     */
    public SortedMap<String, String> examples(String type) {
        URL folder = ContractSchemas.class.getClassLoader().getResource(RESOURCES + "examples/" + type);
        if (folder == null || !types.contains(type)) {
            throw new IllegalArgumentException("no examples of '" + type + "'");
        }
        try {
            return readExamples(folder);
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("cannot read the examples of '" + type + "'", e);
        }
    }

    private Schema schema(String path) {
        return registry.getSchema(SchemaLocation.of(NAMES + path));
    }

    private static List<String> problems(Schema schema, JsonNode node) {
        return schema.validate(node).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private static Set<String> readTypes() {
        try (InputStream document =
                ContractSchemas.class.getClassLoader().getResourceAsStream(RESOURCES + "asyncapi.yaml")) {
            if (document == null) {
                throw new IllegalStateException("asyncapi.yaml is not on the class path");
            }
            JsonNode messages =
                    new YAMLMapper().readTree(document).path("components").path("messages");
            Set<String> names = new TreeSet<>();
            for (Map.Entry<String, JsonNode> message : messages.properties()) {
                // A dead letter has no type of its own: its body is any of the others'.
                if (message.getValue().has("payload")) {
                    names.add(message.getKey());
                }
            }
            return Collections.unmodifiableSet(names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SortedMap<String, String> readExamples(URL folder) throws IOException, URISyntaxException {
        if (folder.openConnection() instanceof JarURLConnection inJar) {
            // A file system of our own, so that tests that run side by side do not close each other's.
            URI jar = inJar.getJarFileURL().toURI();
            try (FileSystem files = FileSystems.newFileSystem(Path.of(jar))) {
                return readExamples(files.getPath(inJar.getEntryName()));
            }
        }
        return readExamples(Path.of(folder.toURI()));
    }

    private static SortedMap<String, String> readExamples(Path folder) throws IOException {
        SortedMap<String, String> examples = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                examples.put(name.substring(0, name.length() - ".json".length()), Files.readString(file));
            }
        }
        return Collections.unmodifiableSortedMap(examples);
    }
}
