package org.openingminute.payment.store;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Payment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Compares the rows of open work with the payments that they are derived from. Jobs and metrics read only the rows: a refund without a row
 * would never be made, and no other alert would report it.
 */
@Component
public final class OpenWorkComparison {

    private static final int PAGE = 1_000;

    private final JdbcClient jdbc;
    private final Clock clock;

    OpenWorkComparison(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * A payment whose rows differ from its state, or that cannot be read.
     *
     * @param what description for an operator
     */
    public record OpenWorkDifference(UUID registration, String what) {}

    /** Compares all payments, page by page. */
    public List<OpenWorkDifference> ofAll() {
        List<OpenWorkDifference> differing = new ArrayList<>();
        List<StoredWork> page = page(new UUID(0, 0));
        while (!page.isEmpty()) {
            differing.addAll(differing(page));
            page = page(page.getLast().registration());
        }
        return differing;
    }

    /** Compares these payments. */
    public List<OpenWorkDifference> of(Collection<UUID> registrations) {
        return differing(jdbc.sql(stored("p.registration_id = any(?)"))
                .param(registrations.toArray(UUID[]::new))
                .query((row, _) -> StoredWork.of(row))
                .list());
    }

    private List<StoredWork> page(UUID after) {
        return jdbc.sql(stored("p.registration_id > ?") + " order by p.registration_id limit " + PAGE)
                .param(after)
                .query((row, _) -> StoredWork.of(row))
                .list();
    }

    private static String stored(String which) {
        return """
                select registration_id, request, sequence, document,
                       array(select what || ' ' || id from payment_open o where o.registration_id = p.registration_id) as open
                  from payment p
                 where\s""" + which;
    }

    /** A payment and its rows of open work, read at the same instant. */
    private record StoredWork(
            UUID registration, @Nullable String request, long sequence, String document, Set<String> open) {

        static StoredWork of(ResultSet row) throws SQLException {
            Array open = row.getArray("open");
            return new StoredWork(
                    row.getObject("registration_id", UUID.class),
                    row.getString("request"),
                    row.getLong("sequence"),
                    Objects.requireNonNull(row.getString("document")),
                    new TreeSet<>(List.of((String[]) open.getArray())));
        }
    }

    private List<OpenWorkDifference> differing(List<StoredWork> stored) {
        return stored.stream().flatMap(one -> difference(one).stream()).toList();
    }

    private Optional<OpenWorkDifference> difference(StoredWork stored) {
        try {
            Payment payment =
                    PaymentDocument.read(stored.registration(), stored.request(), stored.sequence(), stored.document());
            Set<String> wanted = OpenWork.of(payment, clock.instant()).stream()
                    .map(work -> work.kind().text() + " " + work.id())
                    .collect(Collectors.toCollection(TreeSet::new));
            return wanted.equals(stored.open())
                    ? Optional.empty()
                    : Optional.of(new OpenWorkDifference(
                            stored.registration(),
                            "open work is %s, by the state %s".formatted(stored.open(), wanted)));
        } catch (RuntimeException e) {
            return Optional.of(new OpenWorkDifference(
                    stored.registration(),
                    "the payment cannot be read: " + e.getClass().getSimpleName()));
        }
    }
}
