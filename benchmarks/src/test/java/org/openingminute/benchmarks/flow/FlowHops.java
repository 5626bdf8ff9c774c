package org.openingminute.benchmarks.flow;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.flow.Deployment;

/**
 * Measures a registration's way from service to service, by the instants in their tables. registration-service's instants are of the
 * rehearsal's clock, all others of the machine's. For one thread.
 */
final class FlowHops implements AutoCloseable {

    private static final int DIGITS = 3;
    private static final int QUESTIONS = 100;

    private final Connection registration;
    private final Connection payment;
    private final Connection notification;

    /** How far the machine's clock is ahead of the rehearsal's. */
    private final Duration ahead;

    FlowHops(Deployment deployment, ApiClient api) throws SQLException {
        // The fastest response gives the most accurate difference.
        ahead = IntStream.range(0, QUESTIONS)
                .mapToObj(_ -> Duration.between(
                        Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now")), Instant.now()))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        registration = deployment.connect("registration");
        payment = deployment.connect("payment");
        notification = deployment.connect("notification");
    }

    /** The way from an instant in one table to an instant in the next. */
    enum Hop {
        CONFIRMED("captured → confirmed"),
        DUE("confirmed → mail due"),
        SENT("mail due → sent"),
        TOLD("sent → timeline");

        private final String words;

        Hop(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Returns the microseconds of each hop, for confirmed registrations of a conference made since an instant. */
    Map<Hop, Histogram> since(String slug, Instant begin) throws SQLException {
        Map<UUID, Instant> confirmed = instants(registration, """
                select id, changed_at from registration
                 where status = 'confirmed' and created_at >= ? and conference = '%s'
                """.formatted(slug), begin, ahead);
        Map<UUID, Instant> captured = instants(
                payment,
                "select registration_id, min(posted_at) from ledger where posted_at >= ? group by 1",
                begin,
                Duration.ZERO);
        Map<UUID, Instant> due = mails("registration_id, created_at", begin);
        Map<UUID, Instant> sent = mails("registration_id, state_since", begin);
        Map<UUID, Instant> told = instants(registration, """
                select registration_id, max(at) from timeline where mail_id is not null and at >= ? group by 1
                """, begin, ahead);
        Map<Hop, Histogram> hops = new EnumMap<>(Hop.class);
        hops.put(Hop.CONFIRMED, between(confirmed, captured, confirmed));
        hops.put(Hop.DUE, between(confirmed, confirmed, due));
        hops.put(Hop.SENT, between(confirmed, due, sent));
        hops.put(Hop.TOLD, between(confirmed, sent, told));
        hops.forEach((hop, took) -> {
            if (took.getTotalCount() == 0 && hop != Hop.CONFIRMED) {
                throw new IllegalStateException("no registration has both instants of \"" + hop.words() + "\"");
            }
        });
        return hops;
    }

    private Map<UUID, Instant> mails(String columns, Instant begin) throws SQLException {
        return instants(
                notification,
                "select " + columns + " from mail where kind = 'confirmation' and state = 'sent' and created_at >= ?",
                begin,
                Duration.ZERO);
    }

    /** Returns instants by the machine's clock, from a table whose clock is behind by the given duration. */
    private static Map<UUID, Instant> instants(Connection connection, String query, Instant begin, Duration behind)
            throws SQLException {
        Map<UUID, Instant> instants = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setObject(1, begin.minus(behind).atOffset(ZoneOffset.UTC));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    instants.put(
                            rows.getObject(1, UUID.class),
                            rows.getObject(2, OffsetDateTime.class).toInstant().plus(behind));
                }
            }
        }
        return instants;
    }

    /** Returns the durations of registrations with both instants. */
    private static Histogram between(Map<UUID, Instant> which, Map<UUID, Instant> from, Map<UUID, Instant> until) {
        Histogram took = new Histogram(DIGITS);
        for (UUID id : which.keySet()) {
            @Nullable Instant begin = from.get(id);
            @Nullable Instant end = until.get(id);
            if (begin != null && end != null) {
                took.recordValue(Math.max(0, ChronoUnit.MICROS.between(begin, end)));
            }
        }
        return took;
    }

    @Override
    public void close() throws SQLException {
        registration.close();
        payment.close();
        notification.close();
    }
}
