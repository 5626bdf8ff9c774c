package org.openingminute.messaging.outbox;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message to be appended to the {@link Outbox}.
 *
 * @param id the {@code ce_id}; {@code null} has one made while appending
 * @param topic the topic it goes to
 * @param key what it is about; messages of one key are delivered in the order of their transactions' commits
 * @param type the {@code ce_type}: a name that we chose, never a class
 * @param sequence grows within topic and key; 0 for a command
 * @param body written as JSON while appending
 */
public record OutgoingMessage(@Nullable UUID id, String topic, String key, String type, long sequence, Object body) {

    public OutgoingMessage {
        if (topic.isBlank() || key.isBlank() || type.isBlank()) {
            throw new IllegalArgumentException("a message needs topic, key and type");
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("a sequence is not negative: " + sequence);
        }
    }

    public OutgoingMessage(String topic, String key, String type, long sequence, Object body) {
        this(null, topic, key, type, sequence, body);
    }
}
