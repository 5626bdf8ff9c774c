package org.openingminute.local.endtoend;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.openingminute.local.TestSystems;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Compares the examples of calls in the OpenAPI document with recorded ones. */
final class PublishedExamples {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path FILE = TestSystems.CHECKOUT.resolve("gateway/src/main/resources/openapi/examples.json");
    private static final String PROBLEM = "application/problem+json";

    private final JsonNode document;
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(SchemaRegistryConfig.builder()
                    .formatAssertionsEnabled(true)
                    .locale(Locale.ENGLISH)
                    .build()));

    PublishedExamples(JsonNode document) {
        this.document = document;
    }

    /** The calls of matching paths, as method and path. */
    Set<String> calls(Predicate<String> isChosen) {
        Set<String> calls = new TreeSet<>();
        document.path("paths").properties().stream()
                .filter(path -> isChosen.test(path.getKey()))
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> calls.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return calls;
    }

    /** The faults in a call's examples; empty if they match the schema and the recorded ones. */
    List<String> differences(String call, ObjectNode recorded) {
        List<String> differences = new ArrayList<>();
        ObjectNode published = of(call);
        for (String exact : List.of("parameters", "body", "problems")) {
            differences(exact, plain(published.path(exact)), plain(recorded.path(exact)), false, differences);
        }
        differences("answers", published.path("answers"), recorded.path("answers"), true, differences);
        faults(call, published, differences);
        faults(call, recorded, differences);
        return differences.stream().map(one -> call + ": " + one).toList();
    }

    private static JsonNode plain(JsonNode node) {
        return node.isMissingNode() ? node : JSON.readTree(ExampleNames.plain(node.toString()));
    }

    /** @param ofShape whether values may differ; then null matches anything, and an array is represented by its first element */
    private static void differences(
            String place, JsonNode published, JsonNode recorded, boolean ofShape, List<String> differences) {
        if (published.isObject() && recorded.isObject()) {
            Set<String> names = new TreeSet<>(published.propertyNames());
            names.addAll(recorded.propertyNames());
            names.forEach(name ->
                    differences(place + "/" + name, published.path(name), recorded.path(name), ofShape, differences));
        } else if (ofShape && published.isArray() && recorded.isArray()) {
            if (!published.isEmpty() && !recorded.isEmpty()) {
                differences(place + "/0", published.get(0), recorded.get(0), true, differences);
            }
        } else if (ofShape ? !isAlike(published, recorded) : !published.equals(recorded)) {
            differences.add("%s is published as %s, and recorded as %s".formatted(place, published, recorded));
        }
    }

    private static boolean isAlike(JsonNode published, JsonNode recorded) {
        if (published.isMissingNode() || recorded.isMissingNode()) {
            return published.isMissingNode() && recorded.isMissingNode();
        }
        return published.isNull()
                || recorded.isNull()
                || (published.getNodeType() == recorded.getNodeType() && isSameHeading(published, recorded));
    }

    /** Compares the first line of files, which has the names of the columns. */
    private static boolean isSameHeading(JsonNode published, JsonNode recorded) {
        return !published.isString()
                || !published.stringValue().contains("\r\n")
                || published
                        .stringValue()
                        .lines()
                        .findFirst()
                        .equals(recorded.stringValue().lines().findFirst());
    }

    private ObjectNode of(String call) {
        ObjectNode examples = JSON.createObjectNode();
        JsonNode operation = operation(call);
        operation.path("parameters").forEach(parameter -> {
            if (parameter.has("example")) {
                examples.withObjectProperty("parameters")
                        .set(parameter.path("name").asString(), parameter.path("example"));
            }
        });
        operation.at("/requestBody/content").forEach(content -> {
            if (content.has("example")) {
                examples.set("body", content.path("example"));
            }
        });
        operation
                .path("responses")
                .properties()
                .forEach(response -> response.getValue()
                        .path("content")
                        .properties()
                        .forEach(content -> content.getValue()
                                .path("examples")
                                .properties()
                                .forEach(example -> {
                                    ObjectNode of = content.getKey().equals(PROBLEM)
                                            ? examples.withObjectProperty("problems")
                                            : examples.withObjectProperty("answers")
                                                    .withObjectProperty(response.getKey());
                                    of.set(example.getKey(), example.getValue().path("value"));
                                })));
        return examples;
    }

    private JsonNode operation(String call) {
        String[] words = call.split(" ");
        return document.path("paths").path(words[1]).path(words[0].toLowerCase(Locale.ROOT));
    }

    /** Adds the examples that do not match the schema in the document. */
    private void faults(String call, ObjectNode examples, List<String> faults) {
        JsonNode operation = operation(call);
        if (examples.has("body")) {
            faults("body", operation.path("requestBody"), examples.path("body"), faults);
        }
        examples.path("answers")
                .properties()
                .forEach(answer -> answer.getValue()
                        .properties()
                        .forEach(example -> faults(
                                "answers/" + answer.getKey() + "/" + example.getKey(),
                                operation.path("responses").path(answer.getKey()),
                                example.getValue(),
                                faults)));
        examples.path("problems")
                .properties()
                .forEach(problem -> faults(
                        "problems/" + problem.getKey(),
                        operation
                                .path("responses")
                                .path(problem.getValue().path("status").asString("")),
                        problem.getValue(),
                        faults));
    }

    private void faults(String place, JsonNode described, JsonNode value, List<String> faults) {
        described.path("content").forEach(content -> {
            ObjectNode schema = content.path("schema").asObject().deepCopy();
            schema.set("components", document.path("components"));
            schemas.getSchema(schema)
                    .validate(value)
                    .forEach(
                            error -> faults.add(place + " " + error.getInstanceLocation() + ": " + error.getMessage()));
        });
        if (described.path("content").isEmpty()) {
            faults.add(place + " is not described");
        }
    }

    /** Writes the examples in the form that the gateway publishes, with one problem per line. */
    static void write(Map<String, ObjectNode> recorded) throws IOException {
        List<String> calls = new ArrayList<>();
        recorded.forEach((call, examples) -> {
            List<String> parts = new ArrayList<>();
            for (String part : List.of("parameters", "body", "answers")) {
                if (examples.has(part)) {
                    parts.add("  \"" + part + "\": " + examples.get(part));
                }
            }
            parts.add("  \"problems\": {\n" + String.join(",\n", lines(examples.path("problems"))) + "}");
            calls.add("\"" + call + "\": {\n" + String.join(",\n", parts) + "}");
        });
        Files.writeString(FILE, "{\n" + String.join(",\n", calls) + "\n}\n");
    }

    private static List<String> lines(JsonNode problems) {
        return new TreeSet<>(problems.propertyNames())
                .stream()
                        .map(code -> "    \"" + code + "\": " + problems.get(code))
                        .toList();
    }
}
