package org.openingminute.registration.proofs;

import org.openingminute.kit.problem.Fault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes proofs thirty days after the decision about them, and replaced ones within the hour, by the machine's clock.
 */
@Component
class OldProofsJob {

    private static final Logger log = LoggerFactory.getLogger(OldProofsJob.class);

    private final ProofRepository files;

    OldProofsJob(ProofRepository files) {
        this.files = files;
    }

    @Scheduled(fixedDelay = 600_000, initialDelay = 90_000)
    void forgetOldProofs() {
        try {
            files.forgetOld();
        } catch (DataAccessException e) {
            log.warn("Old proofs could not be deleted, retrying later: {}", Fault.types(e));
        }
    }
}
