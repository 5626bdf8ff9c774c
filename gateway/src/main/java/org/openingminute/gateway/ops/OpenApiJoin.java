package org.openingminute.gateway.ops;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Joins several OpenAPI documents into one. If two services use the same name for different things, the second is prefixed with its
 * service's name, in references too. Equal parts are included once.
 */
final class OpenApiJoin {

    private static final String COMPONENTS = "components";
    private static final Set<String> HIDDEN = Set.of("/internal", "/actuator");

    private OpenApiJoin() {}

    /**
     * Joins the documents.
     *
     * @param own the gateway's own document, from which everything except paths and components is taken
     * @param parts the services' documents by service name, in the order in which they are joined
     * @return a new document; the arguments are not changed
     */
    static ObjectNode join(ObjectNode own, Map<String, ObjectNode> parts) {
        ObjectNode joined = own.deepCopy();
        parts.forEach((service, part) -> add(service, part.deepCopy(), joined));
        return joined;
    }

    private static void add(String service, ObjectNode part, ObjectNode joined) {
        ObjectNode components = joined.withObject("/" + COMPONENTS);
        Map<String, String> renamed = clashes(service, part, components);
        JsonNode renamedPart = renamed.isEmpty() ? part : withReferences(part, renamed);
        renamedPart.path(COMPONENTS).properties().forEach(kind -> {
            ObjectNode all = components.withObject("/" + kind.getKey());
            kind.getValue().properties().forEach(component -> {
                String reference = reference(kind.getKey(), component.getKey());
                String name = renamed.getOrDefault(reference, reference);
                all.set(name.substring(name.lastIndexOf('/') + 1), component.getValue());
            });
        });
        ObjectNode paths = joined.withObject("/paths");
        renamedPart.path("paths").properties().stream()
                .filter(path -> HIDDEN.stream().noneMatch(path.getKey()::startsWith))
                .forEach(path -> merge(paths, path));
    }

    /** Adds a path; two services may each serve some of its methods. */
    private static void merge(ObjectNode paths, Map.Entry<String, JsonNode> path) {
        if (paths.get(path.getKey()) instanceof ObjectNode known) {
            path.getValue().properties().forEach(method -> known.set(method.getKey(), method.getValue()));
        } else {
            paths.set(path.getKey(), path.getValue());
        }
    }

    private static Map<String, String> clashes(String service, ObjectNode part, ObjectNode components) {
        Map<String, String> renamed = new HashMap<>();
        part.path(COMPONENTS)
                .properties()
                .forEach(kind -> kind.getValue().properties().forEach(component -> {
                    JsonNode known = components.path(kind.getKey()).path(component.getKey());
                    if (!known.isMissingNode() && !known.equals(component.getValue())) {
                        renamed.put(
                                reference(kind.getKey(), component.getKey()),
                                reference(kind.getKey(), service + "." + component.getKey()));
                    }
                }));
        return renamed;
    }

    private static String reference(String kind, String name) {
        return "#/" + COMPONENTS + "/" + kind + "/" + name;
    }

    private static JsonNode withReferences(JsonNode node, Map<String, String> renamed) {
        return switch (node) {
            case ObjectNode object -> {
                Map<String, JsonNode> members = new LinkedHashMap<>();
                object.properties()
                        .forEach(member -> members.put(member.getKey(), withReferences(member.getValue(), renamed)));
                yield JsonNodeFactory.instance.objectNode().setAll(members);
            }
            case ArrayNode array -> {
                ArrayNode copy = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> copy.add(withReferences(element, renamed)));
                yield copy;
            }
            case StringNode text
            when renamed.containsKey(text.stringValue()) ->
                JsonNodeFactory.instance.stringNode(renamed.get(text.stringValue()));
            default -> node;
        };
    }
}
