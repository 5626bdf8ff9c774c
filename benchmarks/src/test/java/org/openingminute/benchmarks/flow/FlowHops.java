package org.openingminute.benchmarks.flow;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.flow.Deployment;

/** How long a registration is on its way from one service to the next, by the instants in their tables. For one thread. */
final class FlowHops implements AutoCloseable {

    private static final int DIGITS = 3;

    private final Connection registration;
    private final Connection payment;
    private final Connection notification;

    FlowHops(Deployment deployment) throws SQLException {
        registration = deployment.connect("registration");
        payment = deployment.connect("payment");
        notification = deployment.connect("notification");
    }

    /** From an instant of one table to one of the next. */
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

    /** Microseconds of each hop of a conference's registrations that are confirmed and were made since an instant. */
    Map<Hop, Histogram> since(String slug, Instant begin) throws SQLException {
        Map<UUID, Instant> confirmed = instants(registration, """
                select id, changed_at from registration
                 where status = 'confirmed' and created_at >= ? and conference = '%s'
                """.formatted(slug), begin);
        Map<UUID, Instant> captured = instants(
                payment, "select registration_id, min(posted_at) from ledger where posted_at >= ? group by 1", begin);
        Map<UUID, Instant> due = mails("registration_id, created_at", begin);
        Map<UUID, Instant> sent = mails("registration_id, state_since", begin);
        Map<UUID, Instant> told = instants(registration, """
                select registration_id, max(at) from timeline where mail_id is not null and at >= ? group by 1
                """, begin);
        Map<Hop, Histogram> hops = new EnumMap<>(Hop.class);
        hops.put(Hop.CONFIRMED, between(confirmed, captured, confirmed));
        hops.put(Hop.DUE, between(confirmed, confirmed, due));
        hops.put(Hop.SENT, between(confirmed, due, sent));
        hops.put(Hop.TOLD, between(confirmed, sent, told));
        return hops;
    }

    private Map<UUID, Instant> mails(String columns, Instant begin) throws SQLException {
        return instants(
                notification,
                "select " + columns + " from mail where kind = 'confirmation' and state = 'sent' and created_at >= ?",
                begin);
    }

    private static Map<UUID, Instant> instants(Connection connection, String query, Instant begin) throws SQLException {
        Map<UUID, Instant> instants = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setObject(1, begin.atOffset(ZoneOffset.UTC));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    instants.put(
                            rows.getObject(1, UUID.class),
                            rows.getObject(2, OffsetDateTime.class).toInstant());
                }
            }
        }
        return instants;
    }

    /** Of those that have both instants. */
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
