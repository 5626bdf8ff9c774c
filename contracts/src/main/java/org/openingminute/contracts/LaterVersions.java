package org.openingminute.contracts;

import com.networknt.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Derives from an example messages that a later version of its contract may write. Thread-safe. */
final class LaterVersions {
    private static final String NEWER = "added-by-a-later-version";

    private final Schema schema;

    LaterVersions(Schema schema) {
        this.schema = schema;
    }

    /** Returns the example with a new field in each of its objects. */
    JsonNode extended(JsonNode example) {
        JsonNode extended = example.deepCopy();
        for (String place : places(example)) {
            if (extended.at(place) instanceof ObjectNode object) {
                object.putObject(NEWER).put("inside", 1);
                if (!schema.validate(extended).isEmpty()) {
                    // The object is a map whose values have one type.
                    object.remove(NEWER);
                }
            }
        }
        return extended;
    }

    /** Returns copies of the example with a new value of an enumeration, one for each such place, by its JSON pointer. */
    SortedMap<String, JsonNode> withOtherValues(JsonNode example) {
        SortedMap<String, JsonNode> others = new TreeMap<>();
        for (String place : places(example)) {
            if (example.at(place).isString()) {
                JsonNode other = example.deepCopy();
                int last = place.lastIndexOf('/');
                if (other.at(place.substring(0, last)) instanceof ObjectNode parent) {
                    parent.put(place.substring(last + 1), NEWER);
                    if (isNotOfItsEnumeration(other, place)) {
                        others.put(place, other);
                    }
                }
            }
        }
        return others;
    }

    private boolean isNotOfItsEnumeration(JsonNode value, String place) {
        return schema.validate(value).stream()
                .anyMatch(error -> error.getKeyword().equals("enum")
                        && error.getInstanceLocation().toString().equals(place));
    }

    /** Returns JSON pointers to a value and everything in it. */
    private static List<String> places(JsonNode value) {
        List<String> places = new ArrayList<>(List.of(""));
        value.properties()
                .forEach(
                        field -> places(field.getValue()).forEach(inside -> places.add("/" + field.getKey() + inside)));
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            String element = "/" + i;
            places(value.get(i)).forEach(inside -> places.add(element + inside));
        }
        return places;
    }
}
