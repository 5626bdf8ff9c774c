package org.openingminute.gateway.ops;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Arranges a generated OpenAPI document for readers: groups calls by caller, gives each a summary, says which need a staff token and why
 * some are refused, adds examples to those of the desk, and removes internals of libraries.
 */
final class OpenApiForPeople {

    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");
    private static final String REFERENCE = "$ref";
    private static final String PROBLEM = "application/problem+json";
    private static final String SCHEMAS = "#/components/schemas/";

    /** Library classes in the generated document, and the JSON types that are actually sent. */
    private static final Map<String, String> OF_A_LIBRARY = Map.of("JsonNode", "object", "SseEmitter", "string");

    private final List<Group> groups;
    private final ObjectNode summaries;
    private final List<DocumentedCall> ofStaff;
    private final JsonNode refusals;
    private final ObjectNode examples;

    private record Group(ObjectNode tag, List<DocumentedCall> calls) {

        Optional<PathPattern> claim(String method, PathContainer path) {
            return calls.stream()
                    .filter(call -> call.fits(method, path))
                    .map(DocumentedCall::path)
                    .min(PathPattern.SPECIFICITY_COMPARATOR);
        }
    }

    /** The calls that match a path pattern, for one method or all. */
    private record DocumentedCall(String method, PathPattern path) {

        static DocumentedCall of(String text) {
            int space = text.indexOf(' ');
            return new DocumentedCall(
                    space < 0 ? "" : text.substring(0, space).toLowerCase(Locale.ROOT),
                    PathPatternParser.defaultInstance.parse(text.substring(space + 1)));
        }

        boolean fits(String asked, PathContainer of) {
            return (method.isEmpty() || method.equals(asked)) && path.matches(of);
        }
    }

    /**
     * Creates the arrangement.
     *
     * @param people {@code groups} in the order in which they are shown, {@code summaries} for calls that have none, the calls of
     *     {@code staff}, and {@code refusals} by call and status
     * @param examples by call: {@code parameters} and the {@code body}, {@code answers} by status and name, {@code problems} by code
     */
    OpenApiForPeople(ObjectNode people, ObjectNode examples) {
        this.examples = examples;
        groups = people.withArray("groups")
                .valueStream()
                .map(OpenApiForPeople::group)
                .toList();
        summaries = people.withObject("/summaries");
        ofStaff = people.withArray("staff")
                .valueStream()
                .map(call -> DocumentedCall.of(call.stringValue()))
                .toList();
        refusals = people.path("refusals");
    }

    private static Group group(JsonNode group) {
        ObjectNode tag = JsonNodeFactory.instance.objectNode();
        tag.set("name", group.path("name"));
        tag.set("description", group.path("description"));
        return new Group(
                tag,
                group.path("calls")
                        .valueStream()
                        .map(call -> DocumentedCall.of(call.stringValue()))
                        .toList());
    }

    /** Arranges the document in place. Only the names of groups, the staff token and the added problems matter to programs. */
    void arrange(ObjectNode document) {
        JsonNode problem = document.at("/components/responses/Problem");
        Set<Group> used = new HashSet<>();
        forEachCall(document, (key, operation) -> {
            String method = key.substring(0, key.indexOf(' '));
            String path = key.substring(key.indexOf(' ') + 1);
            groupOf(method, path).ifPresent(group -> {
                operation.putArray("tags").add(group.tag().path("name"));
                used.add(group);
            });
            String call = method.toUpperCase(Locale.ROOT) + " " + path;
            JsonNode summary = summaries.path(call);
            if (!operation.has("summary") && summary.isString()) {
                operation.set("summary", summary);
            }
            if (!operation.has("security") && isOfStaff(method, path)) {
                operation.putArray("security").addObject().putArray("staff");
            }
            refusals.path(call).properties().forEach(refusal -> addRefusal(operation, refusal, problem));
            if (examples.has(call)) {
                addExamples(operation, examples.path(call), problem);
            }
        });
        groups.stream()
                .filter(used::contains)
                .forEach(group -> document.withArray("tags").add(group.tag()));
        nameCallsApart(document);
        withoutLibraries(document);
        withoutUnused(document);
    }

    private boolean isOfStaff(String method, String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        return ofStaff.stream().anyMatch(call -> call.fits(method, parsed));
    }

    private static void addRefusal(ObjectNode operation, Map.Entry<String, JsonNode> refusal, JsonNode problem) {
        ObjectNode responses = operation.withObject("/responses");
        if (!responses.has(refusal.getKey())) {
            ObjectNode response = problem.deepCopy().asObject();
            response.set("description", refusal.getValue());
            responses.set(refusal.getKey(), response);
        }
    }

    /** @param problem the response of a refused call */
    private static void addExamples(ObjectNode operation, JsonNode examples, JsonNode problem) {
        operation.path("parameters").forEach(parameter -> {
            JsonNode value =
                    examples.path("parameters").path(parameter.path("name").asString());
            if (!value.isMissingNode()) {
                parameter.asObject().set("example", value);
            }
        });
        if (examples.has("body")) {
            operation
                    .at("/requestBody/content")
                    .forEach(content -> content.asObject().set("example", examples.path("body")));
        }
        examples.path("answers")
                .properties()
                .forEach(answer -> operation
                        .path("responses")
                        .path(answer.getKey())
                        .path("content")
                        .forEach(content -> answer.getValue()
                                .properties()
                                .forEach(example -> addExample(content.asObject(), example))));
        ObjectNode responses = operation.withObject("/responses");
        examples.path("problems").properties().forEach(example -> {
            String status = example.getValue().path("status").asString();
            addExample(problems(responses, status, problem), example);
        });
    }

    /** The problem examples of a status, which are added to the documented response. */
    private static ObjectNode problems(ObjectNode responses, String status, JsonNode problem) {
        JsonNode documented = responses.path(status);
        if (documented.isMissingNode() || documented.has(REFERENCE)) {
            responses.set(status, problem.deepCopy());
        }
        ObjectNode content = responses.path(status).asObject().withObject("/content");
        if (!content.has(PROBLEM)) {
            content.set(PROBLEM, problem.path("content").path(PROBLEM).deepCopy());
        }
        return content.path(PROBLEM).asObject();
    }

    private static void addExample(ObjectNode content, Map.Entry<String, JsonNode> example) {
        content.withObject("/examples").putObject(example.getKey()).set("value", example.getValue());
    }

    private static void forEachCall(ObjectNode document, BiConsumer<String, ObjectNode> action) {
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (METHODS.contains(method.getKey()) && method.getValue() instanceof ObjectNode operation) {
                        action.accept(method.getKey() + " " + path.getKey(), operation);
                    }
                }));
    }

    /** The group with the most specific matching pattern. */
    private Optional<Group> groupOf(String method, String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        Map<Group, PathPattern> claims = new HashMap<>();
        groups.forEach(group -> group.claim(method, parsed).ifPresent(pattern -> claims.put(group, pattern)));
        return claims.entrySet().stream()
                .min(Map.Entry.comparingByValue(PathPattern.SPECIFICITY_COMPARATOR))
                .map(Map.Entry::getKey);
    }

    /** Makes operation ids unique: if two services use the same id, method and path are added to the second one. */
    private static void nameCallsApart(ObjectNode document) {
        Set<String> taken = new HashSet<>();
        forEachCall(document, (key, operation) -> {
            if (operation.path("operationId").isString()
                    && !taken.add(operation.path("operationId").stringValue())) {
                operation.put("operationId", key.replaceAll("[^A-Za-z0-9]+", "-"));
            }
        });
    }

    private static void withoutLibraries(JsonNode node) {
        if (node instanceof ObjectNode object && object.path(REFERENCE).isString()) {
            String name = object.path(REFERENCE).stringValue();
            String type = name.startsWith(SCHEMAS) ? OF_A_LIBRARY.get(name.substring(SCHEMAS.length())) : null;
            if (type != null) {
                object.remove(REFERENCE);
                object.put("type", type);
            }
        }
        node.forEach(OpenApiForPeople::withoutLibraries);
    }

    /** Removes schemas that no published call uses, such as those of internal calls. */
    private static void withoutUnused(ObjectNode document) {
        ObjectNode schemas = document.withObject("/components/schemas");
        Set<String> used = new HashSet<>();
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(document.path("paths"));
        document.path("components").properties().forEach(kind -> {
            if (!kind.getKey().equals("schemas")) {
                open.add(kind.getValue());
            }
        });
        while (!open.isEmpty()) {
            JsonNode node = open.remove();
            String reference = node.path(REFERENCE).asString("");
            if (reference.startsWith(SCHEMAS) && used.add(reference.substring(SCHEMAS.length()))) {
                open.add(schemas.path(reference.substring(SCHEMAS.length())));
            }
            node.forEach(open::add);
        }
        schemas.retain(used);
    }
}
