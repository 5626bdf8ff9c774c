package org.openingminute.gateway.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds where two JSON values differ. Each difference is reported once, at the smallest unit: a scalar, an amount of money, or a list of
 * scalars.
 */
final class JsonDifferences {

    private static final Set<String> MONEY = Set.of("amount", "currency");
    /** The field that identifies the items of a list, if all items have it. */
    private static final String NAME = "code";

    private final List<Difference> found = new ArrayList<>();

    private JsonDifferences() {}

    /**
     * A place in the values and what each of them has there.
     *
     * @param path the names of fields, and the codes or one-based numbers of items
     * @param before {@code null} if nothing was there
     * @param after {@code null} if nothing is there
     */
    record Difference(
            List<String> path,
            @Nullable JsonNode before,
            @Nullable JsonNode after) {

        Difference {
            path = List.copyOf(path);
        }
    }

    /** All differences, in the order of the fields. A field that is {@code null} counts as absent. */
    static List<Difference> between(@Nullable JsonNode before, @Nullable JsonNode after) {
        JsonDifferences differences = new JsonDifferences();
        differences.compare(List.of(), something(before), something(after));
        return differences.found;
    }

    /** Whether a value is an amount with its currency. */
    static boolean isMoney(JsonNode value) {
        return value.isObject()
                && Set.copyOf(value.propertyNames()).equals(MONEY)
                && value.path("amount").isIntegralNumber()
                && value.path("currency").isString();
    }

    private void compare(List<String> path, @Nullable JsonNode before, @Nullable JsonNode after) {
        if (before == null ? after == null : before.equals(after)) {
            return;
        }
        if (both(before, after, value -> value.isObject() && !isMoney(value))) {
            compareAll(path, fields(before), fields(after));
        } else if (both(before, after, JsonDifferences::hasItems)) {
            boolean isNamed = both(before, after, JsonDifferences::isNamed);
            compareAll(path, items(before, isNamed), items(after, isNamed));
        } else {
            found.add(new Difference(path, before, after));
        }
    }

    private void compareAll(List<String> path, Map<String, JsonNode> before, Map<String, JsonNode> after) {
        Set<String> keys = new LinkedHashSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            compare(
                    Stream.concat(path.stream(), Stream.of(key)).toList(),
                    something(before.get(key)),
                    something(after.get(key)));
        }
    }

    /** Whether a predicate holds for those of the two values that exist. */
    private static boolean both(@Nullable JsonNode before, @Nullable JsonNode after, Predicate<JsonNode> of) {
        return (before == null || of.test(before)) && (after == null || of.test(after));
    }

    private static boolean hasItems(JsonNode value) {
        return value.isArray() && value.valueStream().allMatch(JsonNode::isContainer);
    }

    private static boolean isNamed(JsonNode list) {
        long names = list.valueStream()
                .map(item -> item.path(NAME))
                .filter(JsonNode::isString)
                .distinct()
                .count();
        return names == list.size();
    }

    private static Map<String, JsonNode> fields(@Nullable JsonNode object) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        if (object != null) {
            object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        }
        return fields;
    }

    private static Map<String, JsonNode> items(@Nullable JsonNode list, boolean isNamed) {
        Map<String, JsonNode> items = new LinkedHashMap<>();
        if (list != null) {
            for (JsonNode item : list) {
                items.put(isNamed ? item.path(NAME).asString() : Integer.toString(items.size() + 1), item);
            }
        }
        return items;
    }

    private static @Nullable JsonNode something(@Nullable JsonNode value) {
        return value == null || value.isNull() || (value.isContainer() && value.isEmpty()) ? null : value;
    }
}
