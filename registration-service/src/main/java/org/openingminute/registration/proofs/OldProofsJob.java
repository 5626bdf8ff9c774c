package org.openingminute.registration.proofs;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Forgets proofs thirty days after the decision about them, and those that were replaced within the hour. By the machine's
 * clock.
 */
@Component
class OldProofsJob {

    private static final Logger log = LoggerFactory.getLogger(OldProofsJob.class);

    private final JdbcClient jdbc;

    OldProofsJob(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Scheduled(fixedDelay = 600_000, initialDelay = 90_000)
    void forgetOldProofs() {
        try {
            jdbc.sql("""
                    update proof p
                       set settled_at = clock_timestamp()
                      from registration r
                     where r.id = p.registration_id and p.settled_at is null and r.status <> 'pending-review'
                    """).update();
            jdbc.sql("delete from proof where settled_at < clock_timestamp() - interval '30 days'")
                    .update();
            // One that counts stands in its registration's document; one that is being sent in does not yet.
            jdbc.sql("""
                    delete from proof p
                     where p.uploaded_at < clock_timestamp() - interval '1 hour'
                       and not exists (select 1
                                         from registration r, json_array_elements(r.document -> 'attendees') as a
                                        where r.id = p.registration_id and a ->> 'proofFile' = p.id::text)
                    """).update();
        } catch (DataAccessException e) {
            log.warn("Old proofs could not be forgotten and are tried again: {}", e.toString());
        }
    }
}
