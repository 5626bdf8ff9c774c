package org.openingminute.registration.proofs;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finds the proofs that are waiting for a review, the earliest deadline first. The desk's index finds the registrations, within seconds of
 * an upload; a decided proof disappears at once, because registrations are read in their current state.
 */
@Repository
class WaitingProofs {

    private static final String BETWEEN = "\\|";

    private final JdbcClient desk;

    WaitingProofs(@Qualifier("desk") JdbcClient desk) {
        this.desk = desk;
    }

    /**
     * A waiting proof.
     *
     * @param name of the attendee
     * @param uploadedAt business time; for files stored by an earlier version, the database's time
     * @param dueAt business time at which the held seats become free
     * @param size in bytes
     */
    record WaitingProof(
            UUID registration,
            String reference,
            UUID attendee,
            String name,
            String category,
            Instant uploadedAt,
            Instant dueAt,
            String contentType,
            int size) {

        Place place() {
            return new Place(dueAt, attendee);
        }
    }

    /** A proof's position in the list. Attendees with the same deadline are ordered by id. */
    record Place(Instant dueAt, UUID attendee) {

        static final Place FIRST = new Place(Instant.EPOCH, new UUID(0, 0));

        String encoded() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((dueAt + "|" + attendee).getBytes(StandardCharsets.UTF_8));
        }

        /**
         * Parses a position.
         *
         * @throws Problem {@code invalid} if the text is not a position
         */
        static Place read(String text) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(BETWEEN, -1);
                if (parts.length == 2 && parts[0].matches("[0-9]{4}-.{1,40}")) {
                    return new Place(
                            Instant.parse(parts[0]), Ids.read(parts[1]).orElseThrow(IllegalArgumentException::new));
                }
            } catch (IllegalArgumentException | DateTimeException e) {
                // Fall through to the refusal below.
            }
            throw Problem.invalid("after", "not-an-id", "is not the end of a part of this list");
        }
    }

    private record Row(
            Registration registration, UUID attendee, Instant uploadedAt, Instant dueAt, String contentType, int size) {

        WaitingProof proof() {
            Attendee of = registration.attendees().stream()
                    .filter(one -> one.id().equals(attendee))
                    .findFirst()
                    .orElseThrow();
            return new WaitingProof(
                    registration.id(),
                    registration.reference(),
                    attendee,
                    of.givenName() + " " + of.familyName(),
                    of.category(),
                    uploadedAt,
                    dueAt,
                    contentType,
                    size);
        }
    }

    /** Returns at most {@code limit} proofs after a position. A file counts only if its registration names it. */
    List<WaitingProof> list(String conference, Place after, int limit) {
        return desk
                .sql("""
                with waiting as materialized (
                    select id from desk_registration where conference = :conference and words @@ :need::tsquery)
                select r.document, r.hold_expires_at, p.attendee_id, coalesce(p.received_at, p.uploaded_at) as uploaded_at,
                       p.content_type, p.size
                  from waiting
                  join registration r on r.id = waiting.id
                  join proof p on p.registration_id = r.id
                 where r.status = 'pending-review' and (r.hold_expires_at, p.attendee_id) > (:dueAt, :attendee)
                   and exists (select 1
                                 from json_array_elements(r.document -> 'attendees') as a
                                where a ->> 'proofFile' = p.id::text and a ->> 'proof' = 'received')
                 order by r.hold_expires_at, p.attendee_id
                 limit :limit
                """)
                .param("conference", conference)
                .param("need", "'NEED:PROOF'")
                .param("dueAt", after.dueAt().atOffset(ZoneOffset.UTC))
                .param("attendee", after.attendee())
                .param("limit", limit)
                .query((row, _) -> new Row(
                        Documents.registration(row.getString("document")),
                        row.getObject("attendee_id", UUID.class),
                        row.getObject("uploaded_at", OffsetDateTime.class).toInstant(),
                        row.getObject("hold_expires_at", OffsetDateTime.class).toInstant(),
                        row.getString("content_type"),
                        row.getInt("size")))
                .list()
                .stream()
                .map(Row::proof)
                .toList();
    }
}
