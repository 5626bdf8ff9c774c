package org.openingminute.registration.desk;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.desk.RegistrationFilter.Position;
import org.openingminute.registration.desk.RegistrationFilter.Sort;
import org.openingminute.registration.lifecycle.ReferenceCodes;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.RegistrationRepresentation;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.sale.Money;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds registrations by the desk's index, and shows them as they are. */
@Repository
public class DeskRegistrations {

    private final JdbcClient desk;

    DeskRegistrations(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /** A row of the list. */
    public record RegistrationItem(
            UUID id,
            String reference,
            Status status,
            Instant createdAt,
            @Nullable Instant holdExpiresAt,
            ItemContact contact,
            List<ItemAttendee> attendees,
            Registration.PaymentMethod paymentMethod,
            Money total,
            ItemPayment payment,
            List<String> needs) {

        static RegistrationItem of(Registration r, List<String> needs) {
            RegistrationRepresentation.@Nullable PaymentView payment =
                    RegistrationRepresentation.of(r, "").payment();
            return new RegistrationItem(
                    r.id(),
                    r.reference(),
                    r.status(),
                    r.createdAt(),
                    r.hold().expiresAt(),
                    new ItemContact(r.contact().name(), r.contact().email()),
                    r.attendees().stream()
                            .map(one -> new ItemAttendee(
                                    one.id(), one.givenName() + " " + one.familyName(), one.category()))
                            .toList(),
                    r.paymentMethod(),
                    r.total(),
                    new ItemPayment(
                            payment == null ? r.money().status() : payment.status(),
                            r.money().captured(),
                            r.money().refunded()),
                    needs);
        }
    }

    public record ItemContact(String name, String email) {}

    public record ItemAttendee(UUID id, String name, String category) {}

    public record ItemPayment(String status, Money captured, Money refunded) {}

    /**
     * A part of the list.
     *
     * @param previous its first row, before which there are others; {@code null} if there are none
     * @param next its last row, after which there are others; {@code null} if there are none
     */
    public record Found(
            List<RegistrationItem> items,
            @Nullable Position previous,
            @Nullable Position next) {}

    /** A row of the index. */
    record Row(UUID id, @Nullable Instant at, List<String> needs) {

        Position position() {
            return new Position(at, id);
        }
    }

    /** Those of a conference that a filter chooses. What was typed may be one's id or reference: then it is that one, as it is now. */
    public Found list(String conference, RegistrationFilter filter) {
        Optional<Registration> exact = exact(conference, filter.typed());
        if (exact.isPresent()) {
            UUID id = exact.get().id();
            return new Found(List.of(RegistrationItem.of(exact.get(), needs(id))), null, null);
        }
        List<Row> rows = rows(conference, filter);
        boolean more = rows.size() > filter.limit();
        List<Row> read = more ? rows.subList(0, filter.limit()) : rows;
        List<Row> shown = filter.isBackwards() ? read.reversed() : read;
        Map<UUID, Registration> registrations =
                registrations(shown.stream().map(Row::id).toList());
        List<RegistrationItem> items = shown.stream()
                .flatMap(row -> Optional.ofNullable(registrations.get(row.id())).stream()
                        .map(one -> RegistrationItem.of(one, row.needs())))
                .toList();
        boolean isBesideAnother = filter.next() != null && !shown.isEmpty();
        return new Found(
                items,
                (filter.isBackwards() ? more : isBesideAnother)
                        ? shown.getFirst().position()
                        : null,
                (filter.isBackwards() ? isBesideAnother : more)
                        ? shown.getLast().position()
                        : null);
    }

    /** A registration whose whole id or reference this is, read from the registrations themselves. */
    Optional<Registration> exact(String conference, String typed) {
        return Ids.read(typed).flatMap(id -> one("id = :value", conference, id)).or(() -> {
            OptionalInt number = ReferenceCodes.number(typed, conference.hashCode());
            return number.isEmpty()
                    ? Optional.empty()
                    : one("number = :value", conference, number.getAsInt())
                            .filter(found -> sameStart(found.reference(), typed));
        });
    }

    private Optional<Registration> one(String condition, String conference, Object value) {
        return desk.sql("select document from registration where conference = :conference and " + condition)
                .param("conference", conference)
                .param("value", value)
                .query((row, _) -> Documents.registration(row.getString("document")))
                .optional();
    }

    private static boolean sameStart(String reference, String typed) {
        return typed.toUpperCase(Locale.ROOT).startsWith(reference.substring(0, reference.indexOf('-')));
    }

    /** What has to be done about a registration, as far as the index knows. */
    public List<String> needs(UUID id) {
        return desk.sql("select needs from desk_registration where id = ?")
                .param(id)
                .query((row, _) -> needs(row))
                .optional()
                .orElse(List.of());
    }

    /** The rows of the index that a filter chooses, and one more. */
    List<Row> rows(String conference, RegistrationFilter filter) {
        Query query = query(conference, filter);
        return desk.sql(query.sql())
                .params(query.values())
                .query((row, _) ->
                        new Row(row.getObject("id", UUID.class), instant(row, column(filter.sort())), needs(row)))
                .list();
    }

    /** A statement and its parameters. */
    record Query(String sql, Map<String, Object> values) {}

    /** The statement for the rows of the index that a filter chooses, and one more. */
    static Query query(String conference, RegistrationFilter filter) {
        Map<String, Object> values = new HashMap<>();
        StringBuilder sql = new StringBuilder(
                "select id, created_at, oldest_need, needs from desk_registration where conference = :conference");
        values.put("conference", conference);
        if (filter.words() != null) {
            sql.append(" and words @@ :words::tsquery");
            values.put("words", filter.words());
        }
        if (filter.from() != null) {
            sql.append(" and created_at >= :from");
            values.put("from", filter.from().atOffset(ZoneOffset.UTC));
        }
        if (filter.to() != null) {
            sql.append(" and created_at < :to");
            values.put("to", filter.to().atOffset(ZoneOffset.UTC));
        }
        if (!filter.typed().isEmpty()) {
            // Nobody knows how many a word finds, and walking in order until there are enough may take all rows.
            sql.insert(0, "with found as materialized (").append(") select * from found where true");
        }
        String column = column(filter.sort());
        boolean falling = (filter.sort() == Sort.NEWEST) != filter.isBackwards();
        @Nullable Position next = filter.next();
        if (next != null) {
            sql.append(" and (")
                    .append(column)
                    .append(falling ? ", id) < " : ", id) > ")
                    .append("(:at::timestamptz, :id)");
            values.put("at", next.at() == null ? "infinity" : next.at().toString());
            values.put("id", next.id());
        }
        String order = falling ? " desc" : "";
        sql.append(" order by ")
                .append(column)
                .append(order)
                .append(", id")
                .append(order)
                .append(" limit :limit");
        values.put("limit", filter.limit() + 1);
        return new Query(sql.toString(), values);
    }

    private static String column(Sort sort) {
        return switch (sort) {
            case NEWEST, OLDEST -> "created_at";
            case NEED -> "oldest_need";
        };
    }

    /** {@code null} for never. */
    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at.equals(OffsetDateTime.MAX) ? null : at.toInstant();
    }

    private static List<String> needs(ResultSet row) throws SQLException {
        return new ArrayList<>(Arrays.asList((String[]) row.getArray("needs").getArray()));
    }

    Map<UUID, Registration> registrations(List<UUID> ids) {
        Map<UUID, Registration> found = new HashMap<>();
        if (!ids.isEmpty()) {
            desk.sql("select document from registration where id = any(?)")
                    .param(ids.toArray(UUID[]::new))
                    .query((row, _) -> Documents.registration(row.getString("document")))
                    .list()
                    .forEach(one -> found.put(one.id(), one));
        }
        return found;
    }
}
