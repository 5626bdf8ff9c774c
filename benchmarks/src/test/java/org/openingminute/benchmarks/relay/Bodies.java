package org.openingminute.benchmarks.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.openingminute.messaging.MessageJson;

/** Message bodies like those of services: about a kilobyte of JSON, all different, the same in every run. */
final class Bodies {

    static final int DIFFERENT = 10_000;

    private static final long SEED = 20260202;
    private static final String[] WORDS =
            ("ada grace alan edsger barbara donald leslie katherine margaret tony lovelace hopper"
                            + " turing dijkstra liskov knuth lamport johnson hamilton hoare institute university laboratory berlin"
                            + " nairobi lima oslo kyoto quito accra dublin")
                    .split(" ");

    private final List<Map<String, Object>> all = new ArrayList<>();

    Bodies() {
        Random random = new Random(SEED);
        for (int i = 0; i < DIFFERENT; i++) {
            all.add(body(random));
        }
    }

    Map<String, Object> body(long number) {
        return all.get((int) (number % DIFFERENT));
    }

    int averageBytes() {
        return (int) all.stream()
                .mapToInt(body -> MessageJson.MAPPER.writeValueAsBytes(body).length)
                .average()
                .orElseThrow();
    }

    /** Writes one body per line for Kafka's producer performance tool, each with its key and headers. */
    Path write(Path file) throws IOException {
        Random random = new Random(SEED);
        return Files.write(
                file,
                all.stream()
                        .map(body -> MessageJson.MAPPER.writeValueAsString(body) + keyAndHeaders(random))
                        .toList());
    }

    private static String keyAndHeaders(Random random) {
        return RelayCandidate.key(random.nextInt(1_000_000))
                + "ce_specversion1.0ce_id" + new UUID(random.nextLong(), random.nextLong())
                + "ce_typeregistration.confirmed.v1ce_source/benchmarkce_time2026-02-02T17:00:00.000Zce_sequence"
                + random.nextInt(1_000_000) + "content-typeapplication/json";
    }

    private static Map<String, Object> body(Random random) {
        List<Map<String, Object>> attendees = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Map<String, Object> attendee = new LinkedHashMap<>();
            attendee.put("id", id(random));
            attendee.put("category", word(random));
            attendee.put("givenName", word(random));
            attendee.put("familyName", word(random));
            attendee.put("email", word(random) + "." + random.nextInt(1_000_000) + "@example.org");
            attendee.put("affiliation", word(random) + " " + word(random) + " " + word(random));
            attendee.put("country", "DE");
            attendee.put("generation", random.nextInt(3));
            attendees.add(attendee);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("registration", id(random));
        body.put("conference", "mlsys-2026");
        body.put("reference", "ML26-" + Integer.toString(random.nextInt(), 36));
        body.put("status", "confirmed");
        body.put("revision", random.nextInt(10));
        body.put("contact", Map.of("email", word(random) + "." + random.nextInt(1_000_000) + "@example.org"));
        body.put("total", Map.of("amount", random.nextInt(200_000)));
        body.put("holdExpiresAt", "2026-05-%02dT09:%02d:00Z".formatted(1 + random.nextInt(28), random.nextInt(60)));
        body.put("attendees", attendees);
        body.put("fingerprint", id(random) + id(random));
        return body;
    }

    private static String id(Random random) {
        return "%016x-%016x".formatted(random.nextLong(), random.nextLong());
    }

    private static String word(Random random) {
        return WORDS[random.nextInt(WORDS.length)];
    }
}
