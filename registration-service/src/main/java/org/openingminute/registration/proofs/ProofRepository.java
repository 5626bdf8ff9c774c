package org.openingminute.registration.proofs;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.runtime.Steps;
import org.openingminute.registration.proofs.Proofs.FileType;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores the files that were sent in. The registration's document names the file that counts for an attendee. */
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
     * Notes that a file is decided, and deletes the attendee's decided files that do not count, because they were replaced or
     * refused. A file that is not decided yet is left alone, because it may be the next one that counts. If many are decided
     * at once, the last caller sees the outcome of all.
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

    /** The last of the next files in the order of their ids, 1,000 at most. */
    Optional<UUID> lastOfStep(UUID after) {
        return jdbc.sql("""
                select id from (select id from proof where id > ? order by id limit ?) as step order by id desc limit 1
                """).param(after).param(Steps.ROWS).query(UUID.class).optional();
    }

    /**
     * Notes which reviews are over, and finds the files whose review was seen to be over thirty days ago and, after an hour, those
     * that no registration names. A file that counts is named in its registration's document; one that is just being sent in is not
     * named yet.
     *
     * @param after goes through the files behind this one
     * @param last up to this one
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

    /** Deletes some files, in one transaction. */
    void delete(List<UUID> ids) {
        jdbc.sql("delete from proof where id = any (?)")
                .param(ids.toArray(UUID[]::new))
                .update();
    }

    /** The media type of a file, without its content. */
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
