package org.openingminute.kit.runtime;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollingJobTest {

    private final AtomicInteger rounds = new AtomicInteger();
    private final PollingJob job = new PollingJob("of the test", Duration.ofMillis(1)) {
        @Override
        protected boolean work() {
            switch (rounds.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("as it happens");
                case 2 -> throw new StackOverflowError("as it should not happen");
                default -> {}
            }
            return false;
        }
    };

    @AfterEach
    void stop() {
        job.stop();
    }

    @Test
    void a_failed_run_does_not_end_the_job() {
        job.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> rounds.get() > 3);
    }

    @Test
    void job_may_choose_each_pause() {
        AtomicInteger runs = new AtomicInteger();
        PollingJob chooses = new PollingJob("of another pause", Duration.ofDays(1)) {
            @Override
            protected boolean work() {
                runs.incrementAndGet();
                return false;
            }

            @Override
            protected Duration pause() {
                return Duration.ofMillis(1);
            }
        };
        chooses.start();
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> runs.get() > 3);
        } finally {
            chooses.stop();
        }
    }
}
