package org.openingminute.messaging.outbox;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message to be appended to the {@link Outbox}.
 *
 * @param id the header {@code ce_id}; {@code null} to generate one while appending
 * @param topic the destination topic
 * @param key the subject of the message; messages of one key are delivered in the order in which their transactions commit
 * @param type the header {@code ce_type}: a name of the contract, never a class name
 * @param sequence increases within topic and key; 0 for a command
 * @param body serialised as JSON while appending
 * @param trace the trace headers of the message's cause; {@code null} to use the trace that is current while appending
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

    /** A copy with another body. */
    public OutgoingMessage withBody(Object other) {
        return new OutgoingMessage(id, topic, key, type, sequence, other, trace);
    }

    /** A copy that belongs to a trace, for appending on a thread other than that of the trace. */
    public OutgoingMessage within(Map<String, String> other) {
        return new OutgoingMessage(id, topic, key, type, sequence, body, other);
    }
}
