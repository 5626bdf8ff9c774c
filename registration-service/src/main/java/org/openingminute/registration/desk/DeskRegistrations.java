package org.openingminute.registration.desk;

import com.fasterxml.jackson.annotation.JsonIgnore;
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

/** Finds registrations through the desk's index and returns their current data. */
@Repository
public class DeskRegistrations {

    /** How many rows are scanned before the index of words is used: enough to fill a page for a word that one row in a hundred has. */
    static final int NEXT_ROWS = 5_000;

    private static final String COLUMNS = "select id, created_at, oldest_need, needs ";
    private static final String WORDS = " and words @@ :words::tsquery";

    private final JdbcClient desk;

    DeskRegistrations(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /**
     * A row of the list.
     *
     * @param paidInPart what has been transferred so far towards a price that is not paid in full, for pages only
     */
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
            List<String> needs,
            @JsonIgnore Money paidInPart) {

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
                    needs,
                    r.isBeingBooked() ? Money.zero(r.total().currency()) : r.parts());
        }
    }

    public record ItemContact(String name, String email) {}

    public record ItemAttendee(UUID id, String name, String category) {}

    public record ItemPayment(String status, Money captured, Money refunded) {}

    /**
     * One page of the list.
     *
     * @param previous position of the first row, for the link to the previous page; {@code null} on the first page
     * @param next position of the last row, for the link to the next page; {@code null} on the last page
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

    /**
     * Lists the registrations of a conference that a filter selects. If the search text is a complete id or reference, the result is that
     * registration alone, in its current state.
     */
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

    /** Returns the registration with this complete id or reference, read from the table of registrations and not from the index. */
    Optional<Registration> exact(String conference, String typed) {
        return Ids.read(typed.toLowerCase(Locale.ROOT))
                .flatMap(id -> one("id = :value", conference, id))
                .or(() -> ofReference(conference, typed));
    }

    /** Returns the registration with this complete reference, read from the table of registrations and not from the index. */
    public Optional<Registration> ofReference(String conference, String typed) {
        OptionalInt number = ReferenceCodes.number(typed, conference.hashCode());
        return number.isEmpty()
                ? Optional.empty()
                : one("number = :value", conference, number.getAsInt())
                        .filter(found -> sameStart(found.reference(), typed));
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

    /** Returns what organisers have to do about a registration, as far as the index knows. */
    public List<String> needs(UUID id) {
        return desk.sql("select needs from desk_registration where id = ?")
                .param(id)
                .query((row, _) -> needs(row))
                .optional()
                .orElse(List.of());
    }

    /**
     * Returns the rows of the index that a filter selects, and one row more if another page follows. The index of words yields every row
     * that has a word, which is slow for a frequent word. Such words are therefore first searched in the next rows of the list.
     */
    List<Row> rows(String conference, RegistrationFilter filter) {
        if (!filter.typed().isEmpty() && filter.words() != null && filter.limit() < NEXT_ROWS) {
            List<Row> next = rows(filter, nextQuery(conference, filter));
            if (next.size() > filter.limit()) {
                return next;
            }
        }
        return rows(filter, query(conference, filter));
    }

    private List<Row> rows(RegistrationFilter filter, Query query) {
        return desk.sql(query.sql())
                .params(query.values())
                .query((row, _) ->
                        new Row(row.getObject("id", UUID.class), instant(row, column(filter.sort())), needs(row)))
                .list();
    }

    /** A statement and its parameters. */
    record Query(String sql, Map<String, Object> values) {}

    /** Builds the statement for the rows of the index that a filter selects, with one row more than the limit. */
    static Query query(String conference, RegistrationFilter filter) {
        String chosen = COLUMNS + "from desk_registration where conference = :conference"
                + (filter.words() == null ? "" : WORDS) + span(filter);
        // Resolve the words first: a scan in list order may read all rows before it finds enough.
        String rows = filter.typed().isEmpty()
                ? chosen
                : "with found as materialized (" + chosen + ") select * from found where true";
        return new Query(rows + position(filter) + order(filter) + " limit :limit", values(conference, filter));
    }

    /** Builds the statement that searches only the next rows of the list and does not use the index of words. */
    static Query nextQuery(String conference, RegistrationFilter filter) {
        boolean byTime = filter.sort() != Sort.NEED;
        return new Query(
                COLUMNS + "from (select * from desk_registration where conference = :conference"
                        + (byTime ? span(filter) : "") + position(filter) + order(filter) + " limit " + NEXT_ROWS
                        + ") as next where true" + WORDS + (byTime ? "" : span(filter)) + order(filter)
                        + " limit :limit",
                values(conference, filter));
    }

    private static Map<String, Object> values(String conference, RegistrationFilter filter) {
        Map<String, Object> values = new HashMap<>();
        values.put("conference", conference);
        values.put("limit", filter.limit() + 1);
        if (filter.words() != null) {
            values.put("words", filter.words());
        }
        if (filter.from() != null) {
            values.put("from", filter.from().atOffset(ZoneOffset.UTC));
        }
        if (filter.to() != null) {
            values.put("to", filter.to().atOffset(ZoneOffset.UTC));
        }
        @Nullable Position next = filter.next();
        if (next != null) {
            values.put("at", next.at() == null ? "infinity" : next.at().toString());
            values.put("id", next.id());
        }
        return values;
    }

    private static String span(RegistrationFilter filter) {
        return (filter.from() == null ? "" : " and created_at >= :from")
                + (filter.to() == null ? "" : " and created_at < :to");
    }

    private static String position(RegistrationFilter filter) {
        return filter.next() == null
                ? ""
                : " and (" + column(filter.sort()) + (isFalling(filter) ? ", id) < " : ", id) > ")
                        + "(:at::timestamptz, :id)";
    }

    private static String order(RegistrationFilter filter) {
        String direction = isFalling(filter) ? " desc" : "";
        return " order by " + column(filter.sort()) + direction + ", id" + direction;
    }

    private static boolean isFalling(RegistrationFilter filter) {
        return (filter.sort() == Sort.NEWEST) != filter.isBackwards();
    }

    private static String column(Sort sort) {
        return switch (sort) {
            case NEWEST, OLDEST -> "created_at";
            case NEED -> "oldest_need";
        };
    }

    /** Returns {@code null} for {@code infinity}, which stands for "never". */
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
