package org.openingminute.registration.proofs;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.problem.RedactedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Deletes proof files thirty days after their review has ended, and replaced files within the hour, by the machine's clock. */
@Component
class OldProofsJob {

    private static final Logger log = LoggerFactory.getLogger(OldProofsJob.class);

    /** Files per transaction: at 5 MB each at most, a delete takes only a moment. */
    private static final int FILES = 20;

    private final ProofRepository files;

    OldProofsJob(ProofRepository files) {
        this.files = files;
    }

    /** Walks over all files in the order of their ids. A step that fails is retried in the next run and does not stop the other steps. */
    @Scheduled(fixedDelay = 600_000, initialDelay = 90_000)
    void forgetOldProofs() {
        attempt(() -> {
            UUID after = new UUID(0, 0);
            Optional<UUID> last = files.lastOfStep(after);
            while (last.isPresent()) {
                forgetOldProofs(after, last.get());
                after = last.get();
                last = files.lastOfStep(after);
            }
        });
    }

    private void forgetOldProofs(UUID after, UUID last) {
        attempt(() -> {
            List<UUID> old = files.findOld(after, last);
            for (int i = 0; i < old.size(); i += FILES) {
                List<UUID> some = old.subList(i, Math.min(i + FILES, old.size()));
                attempt(() -> files.delete(some));
            }
        });
    }

    private static void attempt(Runnable step) {
        try {
            step.run();
        } catch (DataAccessException e) {
            log.warn("Old proofs could not be deleted, retrying later: {}", RedactedException.types(e));
        }
    }
}
