package org.openingminute.payment.stripe;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderException.MessageRefused;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Stripe webhook. Its format is that of the API version of its endpoint or account at that time, which need not be the library's version.
 * Only the few fields needed are read, each from a place that is the same in every version.
 *
 * @param object the subject of the event
 */
record StripeEvent(String id, String type, Instant at, JsonNode object) {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Parses a body.
     *
     * @throws MessageRefused if it is not an event with an id
     */
    static StripeEvent of(byte[] body) {
        JsonNode event;
        try {
            event = JSON.readTree(body);
        } catch (JacksonException _) {
            throw new MessageRefused("the message cannot be read");
        }
        String id = event.path("id").asString("");
        if (id.isBlank()) {
            throw new MessageRefused("the message has no id");
        }
        return new StripeEvent(
                id,
                event.path("type").asString(""),
                Instant.ofEpochSecond(event.path("created").asLong(0)),
                event.path("data").path("object"));
    }

    static StripeEvent of(String id, String type, long created, String object) {
        return new StripeEvent(id, type, Instant.ofEpochSecond(created), JSON.readTree(object));
    }

    /** Returns a field of the event's object as text; {@code null} if it is absent. */
    @Nullable
    String text(String... path) {
        String text = field(path).asString("");
        return text.isEmpty() ? null : text;
    }

    /** Returns a field of the event's object, in seconds, as an instant; {@code null} if it is absent, null or 0. */
    @Nullable
    Instant instant(String... path) {
        long seconds = field(path).asLong(0);
        return seconds > 0 ? Instant.ofEpochSecond(seconds) : null;
    }

    private JsonNode field(String... path) {
        JsonNode node = object;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }

    /**
     * Returns a field of the event's object as text.
     *
     * @throws IllegalStateException if it is absent
     */
    String required(String field) {
        String text = text(field);
        if (text == null) {
            throw new IllegalStateException("an event of type %s lacks %s".formatted(type, field));
        }
        return text;
    }

    /** Returns the name of another object, which the field holds either as its name or as the whole object. */
    @Nullable
    String named(String field) {
        String whole = text(field, "id");
        return whole == null ? text(field) : whole;
    }

    long number(String field) {
        JsonNode node = object.path(field);
        if (!node.canConvertToExactIntegral()) {
            throw new IllegalStateException("an event of type %s lacks %s".formatted(type, field));
        }
        return node.asLong();
    }

    /** Returns the amounts of the objects in a list; empty if the list is absent. */
    long[] amounts(String list) {
        return object.path(list)
                .valueStream()
                .mapToLong(one -> one.path("amount").asLong(0))
                .toArray();
    }

    /** Returns an id of ours from the object's metadata. */
    Optional<UUID> ours(String name) {
        return uuid(text("metadata", name));
    }

    static Optional<UUID> uuid(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
