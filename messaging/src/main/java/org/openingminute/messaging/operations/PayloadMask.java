package org.openingminute.messaging.operations;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.MessageJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Masks personal data in a message. It is an allow-list: a value is shown only under a key that the service has declared technical, and
 * only if it has a technical form, without a space or {@code @}. A member's name is shown if it has the form of a contract's name;
 * otherwise it is numbered. Everything else becomes {@code "•••"}. Immutable.
 */
public final class PayloadMask {

    private static final String MASKED = "•••";
    private static final Pattern TECHNICAL = Pattern.compile("[A-Za-z0-9._:+/-]{1,100}");
    private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9]{0,40}");
    private static final Set<String> HEADERS = Set.of(
            "ce_id",
            "ce_type",
            "ce_source",
            "ce_time",
            "ce_specversion",
            "ce_sequence",
            "content-type",
            "traceparent",
            "tracestate");

    private final Set<String> technicalKeys;

    /** @param technicalKeys names of JSON members, at any depth, whose values identify no person: ids, codes, states, instants, amounts */
    public PayloadMask(Set<String> technicalKeys) {
        this.technicalKeys = Set.copyOf(technicalKeys);
    }

    /**
     * Masks a body. Returns {@code {"bytes", "sha256"}} for a body that is not a JSON object or array, and {@code null} if there is none.
     *
     * @param body any bytes of any size
     */
    @Nullable
    JsonNode payload(byte @Nullable [] body) {
        if (body == null) {
            return null;
        }
        try {
            JsonNode json = MessageJson.MAPPER.readTree(body);
            if (json.isContainer()) {
                return masked(json, false);
            }
        } catch (JacksonException e) {
            // The size and the hash are shown in place of the body.
        }
        return JsonNodeFactory.instance.objectNode().put("bytes", body.length).put("sha256", sha256(body));
    }

    private JsonNode masked(JsonNode node, boolean technical) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode copy = JsonNodeFactory.instance.objectNode();
                int unnamed = 0;
                for (Map.Entry<String, JsonNode> member : object.properties()) {
                    boolean known = technicalKeys.contains(member.getKey());
                    boolean named = known || NAME.matcher(member.getKey()).matches();
                    copy.set(named ? member.getKey() : MASKED + " " + ++unnamed, masked(member.getValue(), known));
                }
                yield copy;
            }
            case ArrayNode array -> {
                ArrayNode copy = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> copy.add(masked(element, technical)));
                yield copy;
            }
            default -> {
                boolean shown = node.isNull()
                        || (technical && TECHNICAL.matcher(node.asString("")).matches());
                yield shown ? node : JsonNodeFactory.instance.stringNode(MASKED);
            }
        };
    }

    /** Returns the known headers; those of a technical form are not masked. */
    Map<String, String> headers(Map<String, String> headers) {
        Map<String, String> shown = new LinkedHashMap<>();
        headers.forEach((name, value) -> shown.put(name, HEADERS.contains(name) ? text(value) : MASKED));
        return shown;
    }

    /** Masks a key or a header's value unless it has a technical form. */
    String text(String value) {
        return TECHNICAL.matcher(value).matches() ? value : MASKED;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
