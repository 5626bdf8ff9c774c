package org.openingminute.messaging.inbox;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.MessageJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/**
 * A message read from a topic: CloudEvents metadata from the record's headers, and the body as JSON text. Immutable.
 *
 * @param sequence increases within topic and key; 0 for a command
 * @param time when the writer appended the message, by the clock of its machine
 */
public record Message(
        UUID id,
        String topic,
        String key,
        String type,
        String source,
        Instant time,
        long sequence,
        String json,
        Map<String, String> headers) {

    private static final Pattern FIELDS = Pattern.compile("[a-z\\[\\]][A-Za-z0-9.\\[\\]]{0,99}");

    public Message {
        headers = Map.copyOf(headers);
    }

    /**
     * Checks that the body's subject equals the record's key, by which the message was ordered.
     *
     * @throws PermanentFailure if they differ
     */
    public void requireKey(Object subject) {
        if (!subject.toString().equals(key)) {
            throw new PermanentFailure("the body is about something else than the key");
        }
    }

    /**
     * Reads the body. Unknown fields are ignored; an unknown enum value becomes the one that is annotated
     * {@code @JsonEnumDefaultValue}.
     *
     * @throws PermanentFailure if the body cannot be read as that type
     */
    public <T> T body(Class<T> type) {
        T body;
        try {
            body = MessageJson.MAPPER.readValue(json, type);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new PermanentFailure("the body is not a readable " + this.type + fieldPath(e), e);
        }
        if (body == null) {
            throw new PermanentFailure("the body is empty");
        }
        return body;
    }

    /**
     * Reads a record.
     *
     * @throws PermanentFailure if key, body or a header is missing or unreadable. A key with control characters is unreadable:
     *     PostgreSQL refuses some of them, and then a statement for many messages fails as a whole
     */
    static Message from(ConsumerRecord<String, byte[]> record) {
        return from(record.topic(), record.key(), headersOf(record), record.value());
    }

    /**
     * Reads a record from its stored parts, see {@link #from(ConsumerRecord)}.
     *
     * @throws PermanentFailure as for a consumer record
     */
    static Message from(String topic, @Nullable String key, Map<String, String> headers, byte @Nullable [] body) {
        if (key == null || body == null) {
            throw new PermanentFailure("the record has no key or no body");
        }
        if (key.chars().anyMatch(Character::isISOControl)) {
            throw new PermanentFailure("the key has a control character");
        }
        try {
            return new Message(
                    header(headers, "ce_id", UUID::fromString),
                    topic,
                    key,
                    header(headers, "ce_type", text -> text),
                    header(headers, "ce_source", text -> text),
                    header(headers, "ce_time", Instant::parse),
                    header(headers, "ce_sequence", Long::valueOf),
                    new String(body, StandardCharsets.UTF_8),
                    headers);
        } catch (IllegalArgumentException e) {
            throw new PermanentFailure("its headers make no message", e);
        }
    }

    static Map<String, String> headersOf(ConsumerRecord<String, byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            if (header.value() != null) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return headers;
    }

    private static <T> T header(Map<String, String> headers, String name, Function<String, T> read) {
        @Nullable String value = headers.get(name);
        if (value == null) {
            throw new PermanentFailure("the header " + name + " is missing");
        }
        try {
            return read.apply(value);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new PermanentFailure("the header " + name + " cannot be read", e);
        }
    }

    /** The path of the invalid field; empty if the path does not look like one of a contract, because a log must not quote a body. */
    private static String fieldPath(Exception failure) {
        if (!(failure instanceof DatabindException wrong)) {
            return "";
        }
        String path = wrong.getPath().stream()
                .map(step -> step.getPropertyName() == null ? "[]" : step.getPropertyName())
                .collect(Collectors.joining("."));
        return FIELDS.matcher(path).matches() ? ", at " + path : "";
    }
}
