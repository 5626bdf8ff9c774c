package org.openingminute.notification;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One registration and its events, as the other services publish them. */
final class Story {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, Object> NOTHING = money(0);

    final UUID id = UUID.randomUUID();
    final String email;

    private final Map<String, Object> state = new LinkedHashMap<>();
    private int revision;
    private int paymentRevision;

    Story() {
        this("example.org");
    }

    Story(String domain) {
        email = "ada-" + id + "@" + domain;
        state.put("id", id.toString());
        state.put("reference", "ML26-7K3F9Q");
        state.put("conference", "mlsys-2026");
        state.put("contact", Map.of("name", "Ada Lovelace", "email", email, "locale", "en"));
        state.put("contactGeneration", 0);
        state.put("attendees", List.of(attendee("Ada", "Lovelace")));
        state.put("total", money(80_000));
        state.put("discount", NOTHING);
        state.put("tax", NOTHING);
        state.put("lines", List.of(line("Academic", 65_000), line("Tutorial day", 15_000)));
        state.put("phase", "early");
        state.put("paymentMethod", "card");
        state.put("createdAt", "2026-02-02T17:00:00Z");
        state.put("changedAt", "2026-02-02T17:00:00Z");
        state.put("captured", NOTHING);
        state.put("refunded", NOTHING);
        state.put("reason", null);
        state.put("refundPlanned", null);
    }

    private Map<String, Object> attendee(String given, String family) {
        Map<String, Object> attendee = new LinkedHashMap<>();
        attendee.put("id", UUID.randomUUID().toString());
        attendee.put("category", "academic");
        attendee.put("givenName", given);
        attendee.put("familyName", family);
        attendee.put("email", email);
        attendee.put("affiliation", null);
        attendee.put("country", null);
        attendee.put("badgeName", null);
        attendee.put("addOns", List.of());
        attendee.put("generation", 0);
        return attendee;
    }

    private static Map<String, Object> line(String description, long amount) {
        return Map.of(
                "description",
                description,
                "attendee",
                0,
                "quantity",
                1,
                "unit",
                money(amount),
                "amount",
                money(amount));
    }

    static Map<String, Object> money(long amount) {
        return Map.of("amount", amount, "currency", "USD");
    }

    Story contact(String name, String address, String locale) {
        state.put("contact", Map.of("name", name, "email", address, "locale", locale));
        return this;
    }

    String reference() {
        return String.valueOf(state.get("reference"));
    }

    Story with(String field, @Nullable Object value) {
        state.put(field, value);
        return this;
    }

    /** Returns the registration's next event, with the state after it. */
    Event registration(String type, String status, @Nullable String holdExpiresAt) {
        revision++;
        state.put("status", status);
        state.put("revision", revision);
        state.put("holdExpiresAt", holdExpiresAt);
        return new Event(
                "registration.events.v1", id.toString(), type, revision, JSON.writeValueAsString(state), Instant.now());
    }

    Event held() {
        return registration("registration.held.v1", "pending-payment", "2026-02-02T17:15:00Z");
    }

    Event confirmed() {
        return with("captured", money(80_000)).registration("registration.confirmed.v1", "confirmed", null);
    }

    Event payment(String type, String status, List<Map<String, Object>> refunds, boolean failure) {
        return payment(type, status, refunds, failure, Map.of());
    }

    /**
     * Returns the next event of its payment.
     *
     * @param instead fields that replace the defaults
     */
    Event payment(
            String type,
            String status,
            List<Map<String, Object>> refunds,
            boolean failure,
            Map<String, ? extends @Nullable Object> instead) {
        paymentRevision++;
        Map<String, Object> payment = new LinkedHashMap<>();
        payment.put("registration", id.toString());
        payment.put("status", status);
        payment.put("due", money(80_000));
        payment.put("captured", NOTHING);
        payment.put("refunded", NOTHING);
        payment.put("disputed", NOTHING);
        payment.put("captures", List.of());
        payment.put("refunds", refunds);
        payment.put("disputes", List.of());
        payment.put("failure", failure ? Map.of("at", "2026-02-02T17:01:10Z", "reason", "card-declined") : null);
        payment.put("receipt", null);
        payment.putAll(instead);
        return new Event(
                "payment.events.v1",
                id.toString(),
                type,
                paymentRevision,
                JSON.writeValueAsString(payment),
                Instant.now());
    }

    static Event conference(int revision) {
        return conference("mlsys-2026", revision);
    }

    static Event conference(String slug, int revision) {
        return new Event(
                "conference.definitions.v1",
                slug,
                "conference.published.v1",
                revision,
                """
                {"slug": "%s", "revision": %d, "sale": {"state": "open", "message": null}, "definition": {
                  "slug": "%s", "name": "MLSys 2026", "fullName": "Conference on Machine Learning and Systems 2026",
                  "startsOn": "2026-05-18", "endsOn": "2026-05-22", "timeZone": "America/Los_Angeles", "city": "Bellevue",
                  "region": "WA", "country": "US", "sample": true,
                  "registration": {"currency": "USD", "capacity": 2500,
                    "phases": [{"code": "early", "name": "Early", "from": "2026-01-15T00:00:00-08:00", "until": "2026-04-01T23:59:59-12:00"}],
                    "categories": [{"code": "academic", "name": "Academic", "amounts": {"early": 65000}}]}}}
                """.formatted(slug, revision, slug),
                Instant.now());
    }

    /** An event. */
    record Event(String topic, String key, String type, long sequence, String body, Instant time) {

        /** Returns the same event with another publication time. */
        Event at(Instant other) {
            return new Event(topic, key, type, sequence, body, other);
        }
    }
}
