package org.openingminute.registration.proofs;

import java.util.Optional;
import java.util.UUID;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The files that were sent in. Which one counts for an attendee stands in the registration's document. */
@Repository
class ProofRepository {

    /** Of one attendee, besides the one that counts: those whose ask may not be decided yet. */
    private static final int MOST_AT_ONCE = 3;

    private final JdbcClient jdbc;

    ProofRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Stored(FileType type, Resource content) {}

    /** Keeps a file; the same one again is the same row. */
    void save(UUID id, UUID registration, UUID attendee, FileType type, byte[] bytes) {
        jdbc.sql("""
                insert into proof (id, registration_id, attendee_id, content_type, size, bytes)
                values (?, ?, ?, ?, ?, ?)
                on conflict (id) do update set uploaded_at = clock_timestamp()
                """)
                .param(id)
                .param(registration)
                .param(attendee)
                .param(type.mediaType())
                .param(bytes.length)
                .param(bytes)
                .update();
    }

    /** Forgets files of an attendee that were replaced, so that nobody fills the disk; the newest are left. */
    void forgetReplaced(UUID attendee) {
        jdbc.sql("""
                delete from proof p
                 where p.attendee_id = ?
                   and p.id not in (select id from proof where attendee_id = ? order by uploaded_at desc limit ?)
                   and not exists (select 1
                                     from registration r, json_array_elements(r.document -> 'attendees') as a
                                    where r.id = p.registration_id and a ->> 'proofFile' = p.id::text)
                """).param(attendee).param(attendee).param(MOST_AT_ONCE).update();
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
