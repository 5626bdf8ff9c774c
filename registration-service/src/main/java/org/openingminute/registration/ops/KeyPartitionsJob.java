package org.openingminute.registration.ops;

import org.openingminute.kit.problem.RedactedException;
import org.openingminute.registration.admission.IdempotencyRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Creates the partitions of idempotency records for the coming days before anything else starts, and drops expired partitions. */
@Component
class KeyPartitionsJob implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(KeyPartitionsJob.class);

    private final IdempotencyRecords keys;
    private volatile boolean running;

    KeyPartitionsJob(IdempotencyRecords keys) {
        this.keys = keys;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

    @Override
    public void start() {
        keys.makePartitions();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Scheduled(fixedDelay = 600_000, initialDelay = 60_000)
    void makeAndDrop() {
        try {
            keys.makePartitions();
            int dropped = keys.dropOld();
            if (dropped > 0) {
                log.info("Dropped {} daily partitions of idempotency records", dropped);
            }
        } catch (DataAccessException e) {
            log.warn(
                    "Daily partitions of idempotency records could not be created or dropped, retrying later: {}",
                    RedactedException.types(e));
        }
    }
}
