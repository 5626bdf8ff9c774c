package org.openingminute.registration.proofs;

import java.util.Optional;
import java.util.UUID;
import org.openingminute.registration.proofs.Proofs.FileType;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The files that were sent in. The registration's document names the one that counts for an attendee. */
@Repository
class ProofRepository {

    private final JdbcClient jdbc;

    ProofRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Stored(FileType type, Resource content) {}

    void save(UUID id, UUID registration, UUID attendee, FileType type, byte[] bytes) {
        jdbc.sql("""
                insert into proof (id, registration_id, attendee_id, content_type, size, bytes)
                values (?, ?, ?, ?, ?, ?)
                """)
                .param(id)
                .param(registration)
                .param(attendee)
                .param(type.mediaType())
                .param(bytes.length)
                .param(bytes)
                .update();
    }

    /**
     * Notes that it is decided whether a file counts, and forgets all of its attendee that are decided and do not: those that
     * were replaced, and those that were refused. A file of which it is not decided yet is left alone, for it may be the next
     * that counts. Of many at once, the last that comes here sees what all of them came to.
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

    /**
     * Forgets files thirty days after it was seen that their review is over, and those that nothing names after an hour: one
     * that counts stands in its registration's document; one that is being sent in does not yet.
     */
    void forgetOld() {
        jdbc.sql("""
                update proof p
                   set settled_at = clock_timestamp()
                  from registration r
                 where r.id = p.registration_id and p.settled_at is null and r.status <> 'pending-review'
                """).update();
        jdbc.sql("delete from proof where settled_at < clock_timestamp() - interval '30 days'")
                .update();
        jdbc.sql("""
                delete from proof p
                 where p.uploaded_at < clock_timestamp() - interval '1 hour'
                   and not exists (select 1
                                     from registration r, json_array_elements(r.document -> 'attendees') as a
                                    where r.id = p.registration_id and a ->> 'proofFile' = p.id::text)
                """).update();
    }

    Optional<Stored> find(UUID id) {
        return jdbc.sql("select bytes from proof where id = ?")
                .param(id)
                .query((rs, row) -> rs.getBytes("bytes"))
                .optional()
                .flatMap(bytes -> FileType.of(bytes).map(type -> new Stored(type, new ByteArrayResource(bytes))));
    }
}
