package org.openingminute.registration.proofs;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.runtime.BatchedMaintenance;
import org.openingminute.registration.admission.BusinessClock;
import org.openingminute.registration.proofs.Proofs.FileType;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the uploaded files. The registration's document names the file that counts for each attendee. */
@Repository
class ProofRepository {

    private final JdbcClient jdbc;
    private final BusinessClock clock;

    ProofRepository(JdbcClient jdbc, BusinessClock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    record Stored(FileType type, Resource content) {}

    void save(UUID id, UUID registration, UUID attendee, FileType type, byte[] bytes) {
        jdbc.sql("""
                insert into proof (id, registration_id, attendee_id, content_type, size, bytes, received_at)
                values (?, ?, ?, ?, ?, ?, ?)
                """)
                .param(id)
                .param(registration)
                .param(attendee)
                .param(type.mediaType())
                .param(bytes.length)
                .param(bytes)
                .param(clock.now().atOffset(ZoneOffset.UTC))
                .update();
    }

    /**
     * Marks a file as decided, and deletes those decided files of the attendee that the registration does not name, because they were
     * replaced or refused. Undecided files stay, because one of them may be named next. Of several concurrent calls, the last one sees all
     * decisions.
     */
    void decided(UUID id, UUID attendee) {
        jdbc.sql("update proof set decided = true where id = ?").param(id).update();
        jdbc.sql("""
                delete from proof p
                 where p.attendee_id = ? and p.decided
                   and not exists (select 1
                                     from registration r, json_array_elements(r.document -> 'attendees') as a
                                    where r.id = p.registration_id and a ->> 'proofFile' = p.id::text)
                """).param(attendee).update();
    }

    /** Returns the last id of the next step, which has at most 1,000 files in the order of their ids. */
    Optional<UUID> lastOfStep(UUID after) {
        return jdbc.sql("""
                select id from (select id from proof where id > ? order by id limit ?) as step order by id desc limit 1
                """)
                .param(after)
                .param(BatchedMaintenance.ROWS)
                .query(UUID.class)
                .optional();
    }

    /**
     * Marks the files whose review is over, and finds the files to delete: those marked more than thirty days ago, and those older than an
     * hour that no registration names. The hour spares files whose upload is still in progress.
     *
     * @param after the range starts behind this id
     * @param last the range ends with this id
     */
    List<UUID> findOld(UUID after, UUID last) {
        jdbc.sql("""
                update proof p
                   set settled_at = clock_timestamp()
                  from registration r
                 where p.id > ? and p.id <= ?
                   and r.id = p.registration_id and p.settled_at is null and r.status <> 'pending-review'
                """).param(after).param(last).update();
        return jdbc.sql("""
                select p.id
                  from proof p
                 where p.id > ? and p.id <= ?
                   and (p.settled_at < clock_timestamp() - interval '30 days'
                        or p.uploaded_at < clock_timestamp() - interval '1 hour'
                           and not exists (select 1
                                             from registration r, json_array_elements(r.document -> 'attendees') as a
                                            where r.id = p.registration_id and a ->> 'proofFile' = p.id::text))
                """)
                .param(after)
                .param(last)
                .query((row, _) -> row.getObject(1, UUID.class))
                .list();
    }

    /** Deletes files in one statement. */
    void delete(List<UUID> ids) {
        jdbc.sql("delete from proof where id = any (?)")
                .param(ids.toArray(UUID[]::new))
                .update();
    }

    /** Returns the media type of a file without reading its content. */
    Optional<String> contentType(UUID id) {
        return jdbc.sql("select content_type from proof where id = ?")
                .param(id)
                .query(String.class)
                .optional();
    }

    Optional<Stored> find(UUID id) {
        return jdbc.sql("select bytes from proof where id = ?")
                .param(id)
                .query((rs, row) -> rs.getBytes("bytes"))
                .optional()
                .flatMap(bytes -> FileType.of(bytes).map(type -> new Stored(type, new ByteArrayResource(bytes))));
    }
}
