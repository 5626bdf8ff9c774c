package org.openingminute.kit.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;

class DrainTest {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(StopAutoConfiguration.class));

    @Test
    void the_port_is_closed_when_the_wait_is_over() {
        CopyOnWriteArrayList<Long> stoppedAt = new CopyOnWriteArrayList<>();
        long[] began = new long[1];
        runner.withPropertyValues("messaging.stop.drain-for=300ms")
                .withBean(SmartLifecycle.class, () -> new WebServer(stoppedAt))
                .run(context -> began[0] = System.nanoTime());

        assertThat(stoppedAt).hasSize(1);
        assertThat(Duration.ofNanos(stoppedAt.getFirst() - began[0])).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void there_is_no_wait_unless_one_is_wanted() {
        runner.run(context ->
                assertThat(context.getBean(StopSettings.class).drainFor()).isEqualTo(Duration.ZERO));
        runner.withPropertyValues("messaging.stop.drain-for=-1s")
                .run(context -> assertThat(context).hasFailed());
    }

    private static final class WebServer implements SmartLifecycle {

        private final CopyOnWriteArrayList<Long> stoppedAt;
        private boolean running;

        WebServer(CopyOnWriteArrayList<Long> stoppedAt) {
            this.stoppedAt = stoppedAt;
        }

        /** The phase of Spring Boot's web server. */
        @Override
        public int getPhase() {
            return DEFAULT_PHASE - 1024;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            stoppedAt.add(System.nanoTime());
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }
}
