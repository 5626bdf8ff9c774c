package org.openingminute.messaging.outbox;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message to be appended to the {@link Outbox}.
 *
 * @param id the {@code ce_id}; {@code null} to generate one while appending
 * @param topic the topic it goes to
 * @param key its subject; messages of one key are delivered in the order of their transactions' commits
 * @param type the {@code ce_type}: a name that we chose, never a class
 * @param sequence grows within topic and key; 0 for a command
 * @param body written as JSON while appending
 * @param trace the headers of its cause's trace; {@code null} for the current trace while appending
 */
public record OutgoingMessage(
        @Nullable UUID id,
        String topic,
        String key,
        String type,
        long sequence,
        Object body,
        @Nullable Map<String, String> trace) {

    public OutgoingMessage {
        if (topic.isBlank() || key.isBlank() || type.isBlank()) {
            throw new IllegalArgumentException("a message needs topic, key and type");
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("a sequence must not be negative: " + sequence);
        }
    }

    public OutgoingMessage(String topic, String key, String type, long sequence, Object body) {
        this(null, topic, key, type, sequence, body);
    }

    public OutgoingMessage(@Nullable UUID id, String topic, String key, String type, long sequence, Object body) {
        this(id, topic, key, type, sequence, body, null);
    }

    /** The same with another body. */
    public OutgoingMessage withBody(Object other) {
        return new OutgoingMessage(id, topic, key, type, sequence, other, trace);
    }

    /** The same as a part of a trace, for a thread other than the trace's that appends it. */
    public OutgoingMessage within(Map<String, String> other) {
        return new OutgoingMessage(id, topic, key, type, sequence, body, other);
    }
}
