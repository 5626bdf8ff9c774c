package org.openingminute.notification.due;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Wakes whoever sends mails in this process when there are new ones. Safe for all threads. */
@Component
public class MailSignal {

    private final Semaphore rung = new Semaphore(0);

    /** Says that mails may be waiting; called after the commit that saved them. */
    public void ring() {
        if (rung.availablePermits() == 0) {
            rung.release();
        }
    }

    /** Waits until the bell rings, at most so long. */
    public void await(Duration atMost) throws InterruptedException {
        if (rung.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            rung.drainPermits();
        }
    }
}
