package org.openingminute.registration.ops;

import org.openingminute.registration.admission.IdempotencyRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Makes room for the keys of the days to come, before anything else begins to work, and drops those of days that count no more. */
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
                log.info("Forgot the first answers of {} days", dropped);
            }
        } catch (DataAccessException e) {
            log.warn("Days of first answers could not be made or dropped, and are tried again: {}", e.toString());
        }
    }
}
