package org.openingminute.registration.room;

import java.time.Instant;
import java.util.List;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.AdmissionTokens;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import tools.jackson.databind.JsonNode;

/** Plays the gateways that open rooms and admit people. */
public record RoomFixture(ServiceFixture service, AdmissionTokens tokens) {

    /** The number of each test's room. */
    public static final long ROOM = 1_764_408_000;

    /** Reports a conference's room as open, as gateway {@code g1} does each second. */
    public Reply open(String slug, double capacity) {
        return open(slug, capacity, true);
    }

    /** Reports that no room is open, as the gateway that controls the queues does. */
    public void closeAll() {
        ask("g1", "{\"rooms\": [], \"all\": true}");
    }

    /** Reports that people gather for a draw. */
    public Reply gather(String slug, Instant drawAt) {
        return ask("g1", """
                {"rooms": [{"conference": "%s", "room": %d, "capacity": 100, "measured": false, "drawAt": "%s"}]}""".formatted(slug, ROOM, drawAt));
    }

    Reply open(String slug, double capacity, boolean measured) {
        return ask("g1", """
                {"rooms": [{"conference": "%s", "room": %d, "capacity": %s, "measured": %s}], "later": true}""".formatted(slug, ROOM, capacity, measured));
    }

    Reply ask(String gateway, String body) {
        return service.post("/internal/sales?instance=" + gateway, null, null, body)
                .expect(200);
    }

    /** Returns a conference's part of the response. */
    public JsonNode sale(Reply answer, String slug) {
        return answer.body()
                .get("sales")
                .valueStream()
                .filter(sale -> sale.get("conference").asString().equals(slug))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the token of a program that was admitted a minute ago. */
    public String admitted(String slug, long number) {
        return tokens.sign(admission(slug, number, false));
    }

    /** Returns the cookie's value of a browser that was admitted a minute ago. */
    public String admittedInBrowser(String slug, long number) {
        return tokens.sign(admission(slug, number, true));
    }

    private static Admission admission(String slug, long number, boolean inBrowser) {
        return new Admission(slug, ROOM, number, Instant.now().plusSeconds(840), inBrowser);
    }

    /** Requests one seat with an admission. */
    Reply register(String slug, String key, String token) {
        return service.send(
                "POST",
                "/api/conferences/" + slug + "/registrations",
                null,
                key,
                ServiceFixture.body("seat"),
                "Admission-Token",
                token);
    }

    List<String> codes(List<Reply> replies) {
        return replies.stream()
                .map(reply -> reply.status() + reply.body().path("code").asString(""))
                .sorted()
                .toList();
    }
}
