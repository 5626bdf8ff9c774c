package org.openingminute.registration.desk;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.TicketState;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds attendees through the desk's index and returns their current data. */
@Repository
class DeskAttendees {

    private static final String COLUMNS = "select id, registration, name_key ";
    private static final String WORDS = " and words @@ :words::tsquery";
    private static final String ORDER = " order by name_key, id";

    private final JdbcClient desk;

    DeskAttendees(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /**
     * A row of the list.
     *
     * @param checkIn the check-in in force; {@code null} if there is none
     */
    record AttendeeItem(
            UUID id,
            UUID registration,
            String reference,
            String name,
            @Nullable String badgeName,
            @Nullable String affiliation,
            String category,
            List<Attendee.BookedAddOn> addOns,
            TicketState ticket,
            @Nullable AttendeeCheckIn checkIn) {

        private static AttendeeItem of(
                Registration registration, Attendee attendee, @Nullable AttendeeCheckIn checkIn) {
            return new AttendeeItem(
                    attendee.id(),
                    registration.id(),
                    registration.reference(),
                    attendee.givenName() + " " + attendee.familyName(),
                    attendee.badgeName(),
                    attendee.affiliation(),
                    attendee.category(),
                    attendee.addOns(),
                    registration.tickets(),
                    checkIn);
        }
    }

    /**
     * The check-in in force of an attendee.
     *
     * @param at business time
     */
    record AttendeeCheckIn(UUID id, Instant at, String gate) {}

    /** One page of the list, and the position after which the next page begins. */
    record FoundAttendees(
            List<AttendeeItem> items, @Nullable NamePosition next) {}

    /** A row's position in the order by name; it serves as the cursor of a page. */
    record NamePosition(String nameKey, UUID id) {

        String encoded() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((id + nameKey).getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Parses a cursor.
         *
         * @throws Problem {@code invalid} if the text is not a cursor of this list
         */
        static NamePosition read(String text) {
            int idLength = new UUID(0, 0).toString().length();
            try {
                String read = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
                Optional<UUID> id = Ids.read(read.substring(0, Math.min(idLength, read.length())));
                if (id.isPresent() && !JsonFields.unwritable(read.substring(idLength), false)) {
                    return new NamePosition(read.substring(idLength), id.get());
                }
            } catch (IllegalArgumentException e) {
                // Fall through to the refusal below.
            }
            throw Problem.invalid("after", "not-an-id", "is not the end of a part of this list");
        }
    }

    /** A row of the index, joined with the registration's current document and the check-in in force. */
    private record AttendeeRow(
            NamePosition position,
            Registration registration,
            @Nullable AttendeeCheckIn checkIn) {

        /** Returns the attendee, or empty if the registration no longer has this attendee. */
        private Optional<AttendeeItem> item() {
            return registration.attendees().stream()
                    .filter(attendee -> attendee.id().equals(position.id()))
                    .findFirst()
                    .map(attendee -> AttendeeItem.of(registration, attendee, checkIn));
        }
    }

    /**
     * Lists a conference's attendees by name. An attendee matches if each word of {@code q} is a prefix of one of the attendee's words, or
     * if {@code q} is the attendee's id.
     *
     * @param q what was typed; empty for all attendees
     * @param after the last row of the previous page; {@code null} for the first page
     */
    FoundAttendees list(String conference, String q, int limit, @Nullable NamePosition after) {
        Optional<UUID> id = Ids.read(q.strip());
        if (id.isPresent()) {
            return new FoundAttendees(
                    rows(ofId(conference, id.get())).stream()
                            .flatMap(row -> row.item().stream())
                            .toList(),
                    null);
        }
        @Nullable String words = SearchWords.query(q, List.of());
        List<AttendeeRow> rows = words == null ? List.of() : rows(nextQuery(conference, words, limit, after));
        if (rows.size() <= limit) {
            rows = rows(query(conference, words, limit, after));
        }
        List<AttendeeRow> shown = rows.subList(0, Math.min(rows.size(), limit));
        return new FoundAttendees(
                shown.stream().flatMap(row -> row.item().stream()).toList(),
                rows.size() > shown.size() ? shown.getLast().position() : null);
    }

    private static DeskRegistrations.Query ofId(String conference, UUID id) {
        return new DeskRegistrations.Query(
                COLUMNS + "from desk_attendee where id = :id and conference = :conference",
                Map.of("conference", conference, "id", id));
    }

    private List<AttendeeRow> rows(DeskRegistrations.Query query) {
        return desk.sql(
                        "select a.id, a.name_key, r.document, c.id as check_in, c.at, c.gate from ("
                                + query.sql() + ") a join registration r on r.id = a.registration"
                                + " left join check_in c on c.attendee_id = a.id and c.undone_at is null order by a.name_key, a.id")
                .params(query.values())
                .query((row, _) -> new AttendeeRow(
                        new NamePosition(row.getString("name_key"), row.getObject("id", UUID.class)),
                        Documents.registration(row.getString("document")),
                        checkIn(row)))
                .list();
    }

    /**
     * Builds the statement that looks up the words first. It asks for one row more than the limit, to learn whether another page follows.
     *
     * @param words a {@code tsquery}; {@code null} for all attendees
     */
    static DeskRegistrations.Query query(
            String conference, @Nullable String words, int limit, @Nullable NamePosition after) {
        String all = COLUMNS + "from desk_attendee where conference = :conference";
        return new DeskRegistrations.Query(
                // As in DeskRegistrations: resolve the words first, because a scan by name may read all rows before it
                // finds enough.
                (words == null
                                ? all
                                : "with found as materialized (" + all + WORDS + ") select * from found where true")
                        + position(after) + ORDER + " limit :limit",
                values(conference, words, limit, after));
    }

    /** Builds the statement that searches only the next rows in order by name, which is fast for words that many attendees have. */
    static DeskRegistrations.Query nextQuery(String conference, String words, int limit, @Nullable NamePosition after) {
        return new DeskRegistrations.Query(
                COLUMNS + "from (select * from desk_attendee where conference = :conference" + position(after) + ORDER
                        + " limit " + DeskRegistrations.NEXT_ROWS + ") as next where true" + WORDS + ORDER
                        + " limit :limit",
                values(conference, words, limit, after));
    }

    private static Map<String, Object> values(
            String conference, @Nullable String words, int limit, @Nullable NamePosition after) {
        Map<String, Object> values = new HashMap<>();
        values.put("conference", conference);
        values.put("limit", limit + 1);
        if (words != null) {
            values.put("words", words);
        }
        if (after != null) {
            values.put("nameKey", after.nameKey());
            values.put("id", after.id());
        }
        return values;
    }

    private static String position(@Nullable NamePosition after) {
        return after == null ? "" : " and (name_key, id) > (:nameKey, :id)";
    }

    private static @Nullable AttendeeCheckIn checkIn(ResultSet row) throws SQLException {
        @Nullable UUID id = row.getObject("check_in", UUID.class);
        return id == null
                ? null
                : new AttendeeCheckIn(
                        id, row.getObject("at", OffsetDateTime.class).toInstant(), row.getString("gate"));
    }
}
