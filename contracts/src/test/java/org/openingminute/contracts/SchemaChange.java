package org.openingminute.contracts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the changes of a schema that break readers or writers. New optional fields, new values of an enumeration and other explanations are
 * allowed. Everything else affects a writer or reader of another version: a narrower type refuses messages in transit, a wider one writes
 * what earlier readers do not expect.
 */
final class SchemaChange {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> EXPLANATIONS =
            Set.of("$schema", "$id", "$comment", "$defs", "title", "description", "examples");

    private final List<String> breaks = new ArrayList<>();

    private SchemaChange() {}

    /** A schema in the file that its references are relative to. */
    record InFile(Path file, JsonNode schema) {

        static InFile of(Path file, String pointer) {
            return new InFile(file, JSON.readTree(file.toFile()).at(pointer));
        }

        private InFile at(String keyword) {
            return new InFile(file, schema.path(keyword));
        }

        private InFile at(int index) {
            return new InFile(file, schema.path(index));
        }

        /** Returns the schema that a reference leads to, merged with the reference's other keywords. */
        private InFile resolved() {
            if (!schema.has("$ref")) {
                return this;
            }
            String[] reference = schema.path("$ref").asString().split("#", 2);
            Path target = reference[0].isEmpty() ? file : file.resolveSibling(reference[0]);
            InFile found = of(target, reference.length == 1 ? "" : reference[1]).resolved();
            ObjectNode both = found.schema.deepCopy().asObject();
            schema.properties().forEach(beside -> both.set(beside.getKey(), beside.getValue()));
            both.remove("$ref");
            return new InFile(found.file, both);
        }
    }

    /** Returns a sentence for each break, with its place; empty if today's schema is compatible. */
    static List<String> breaks(InFile released, InFile today) {
        SchemaChange change = new SchemaChange();
        change.compare("", released, today, fieldsOf(released));
        return change.breaks;
    }

    /** @param known all fields by which any part of the released schema describes the object */
    private void compare(String place, InFile released, InFile today, Set<String> known) {
        InFile was = released.resolved();
        InFile is = today.resolved();
        Set<String> keywords = new TreeSet<>(was.schema.propertyNames());
        keywords.addAll(is.schema.propertyNames());
        keywords.removeAll(EXPLANATIONS);
        for (String keyword : keywords) {
            InFile before = was.at(keyword);
            InFile now = is.at(keyword);
            switch (keyword) {
                case "properties" -> compareFields(place, before, now, known);
                case "required" -> compareRequired(place, before.schema, now.schema);
                case "enum" -> {
                    if (!now.schema.isArray() || !values(now.schema).containsAll(values(before.schema))) {
                        broken(place, "its enumeration lost a value");
                    } else if (before.schema.isMissingNode()) {
                        broken(place, "its values are enumerated now");
                    }
                }
                case "type" -> {
                    if (!types(before.schema).equals(types(now.schema))) {
                        broken(place, "its type is another");
                    }
                }
                case "allOf", "anyOf", "oneOf" -> compareAll(place, keyword, before, now, known);
                case "items", "contains", "additionalProperties" -> {
                    if (before.schema.isObject() && now.schema.isObject()) {
                        compare(place + "/" + keyword, before, now, fieldsOf(before));
                    } else if (!before.schema.equals(now.schema)) {
                        broken(place, keyword + " is another");
                    }
                }
                default -> {
                    if (!before.schema.equals(now.schema)) {
                        broken(place, keyword + " is another");
                    }
                }
            }
        }
    }

    private void compareFields(String place, InFile before, InFile now, Set<String> known) {
        for (String field : before.schema.propertyNames()) {
            if (now.schema.has(field)) {
                compare(place + "/" + field, before.at(field), now.at(field), fieldsOf(before.at(field)));
            } else {
                broken(place + "/" + field, "it is gone");
            }
        }
        for (String field : now.schema.propertyNames()) {
            if (!before.schema.has(field) && known.contains(field)) {
                broken(place + "/" + field, "it is described more narrowly");
            }
        }
    }

    private void compareRequired(String place, JsonNode before, JsonNode now) {
        for (String field : values(before)) {
            if (!values(now).contains(field)) {
                broken(place + "/" + field, "it may be absent now");
            }
        }
        for (String field : values(now)) {
            if (!values(before).contains(field)) {
                broken(place + "/" + field, "it is required now");
            }
        }
    }

    private void compareAll(String place, String keyword, InFile before, InFile now, Set<String> known) {
        if (before.schema.size() != now.schema.size()) {
            broken(place, keyword + " has another number of schemas");
            return;
        }
        for (int i = 0; i < before.schema.size(); i++) {
            compare(place, before.at(i), now.at(i), known);
        }
    }

    private void broken(String place, String how) {
        breaks.add((place.isEmpty() ? "/" : place) + ": " + how);
    }

    private static Set<String> fieldsOf(InFile schema) {
        InFile resolved = schema.resolved();
        Set<String> fields = new HashSet<>(resolved.schema.path("properties").propertyNames());
        for (int i = 0; i < resolved.schema.path("allOf").size(); i++) {
            fields.addAll(fieldsOf(resolved.at("allOf").at(i)));
        }
        return fields;
    }

    private static Set<String> types(JsonNode type) {
        return type.isString() ? Set.of(type.asString()) : values(type);
    }

    private static Set<String> values(JsonNode array) {
        Set<String> values = new TreeSet<>();
        array.forEach(value -> values.add(value.isString() ? value.asString() : value.toString()));
        return values;
    }
}
