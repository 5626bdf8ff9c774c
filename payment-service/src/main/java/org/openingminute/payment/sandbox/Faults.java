package org.openingminute.payment.sandbox;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The faults that a test has configured, stored in a table for all instances. */
@Component
@RehearsalOnly
final class Faults {

    /** Longer than any caller waits, including the gateway. */
    private static final Duration NO_ANSWER = Duration.ofSeconds(20);

    private static final Duration READ_EVERY = Duration.ofMillis(200);

    private final JdbcClient jdbc;
    private volatile @Nullable Read read;

    Faults(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Faults of calls. Rates are from 0 to 1.
     *
     * @param latencyMs the delay of each call, in milliseconds
     * @param errorRate the share of calls that fail without effect
     * @param timeoutAfterChargeRate the share of calls that are executed but never answered
     */
    record Ordered(long latencyMs, double errorRate, double timeoutAfterChargeRate, Webhook webhook) {}

    /**
     * Faults of webhooks. Rates are from 0 to 1.
     *
     * @param delayMs the delay of each webhook, in milliseconds
     * @param shuffle whether later webhooks may arrive first
     */
    record Webhook(double dropRate, double duplicateRate, long delayMs, boolean shuffle) {}

    /** Returns the configured faults, at most {@link #READ_EVERY} old. */
    Ordered ordered() {
        Read last = read;
        if (last == null || System.nanoTime() - last.at() >= READ_EVERY.toNanos()) {
            // Taken before the query: the values may be replaced while the query returns.
            long at = System.nanoTime();
            last = new Read(now(), at);
            read = last;
        }
        return last.faults();
    }

    private record Read(Ordered faults, long at) {}

    private Ordered now() {
        return jdbc.sql("select * from sandbox.faults")
                .query((row, _) -> new Ordered(
                        row.getLong("latency_ms"),
                        row.getDouble("error_rate"),
                        row.getDouble("timeout_after_charge_rate"),
                        new Webhook(
                                row.getDouble("webhook_drop_rate"),
                                row.getDouble("webhook_duplicate_rate"),
                                row.getLong("webhook_delay_ms"),
                                row.getBoolean("webhook_shuffle"))))
                .single();
    }

    /** Configures faults. Returns once every instance applies them. */
    void order(Ordered faults) {
        jdbc.sql("""
                update sandbox.faults
                   set latency_ms = ?, error_rate = ?, timeout_after_charge_rate = ?, webhook_drop_rate = ?,
                       webhook_duplicate_rate = ?, webhook_delay_ms = ?, webhook_shuffle = ?
                """)
                .param(faults.latencyMs())
                .param(faults.errorRate())
                .param(faults.timeoutAfterChargeRate())
                .param(faults.webhook().dropRate())
                .param(faults.webhook().duplicateRate())
                .param(faults.webhook().delayMs())
                .param(faults.webhook().shuffle())
                .update();
        sleep(READ_EVERY);
    }

    /** Delays or fails a call before it is executed. */
    void beforeCall() {
        Ordered faults = ordered();
        if (faults.latencyMs() > 0) {
            sleep(Duration.ofMillis(faults.latencyMs()));
        }
        if (happens(faults.errorRate())) {
            throw Problem.unavailable("The sandbox failed, as configured by its faults.")
                    .retryAfter(Duration.ofSeconds(1));
        }
    }

    /** Withholds some responses after the call was executed. */
    void beforeAnswer() {
        if (happens(ordered().timeoutAfterChargeRate())) {
            sleep(NO_ANSWER);
            throw Problem.unavailable("The sandbox does not respond, as configured by its faults.")
                    .because("sandbox-silent")
                    .retryAfter(Duration.ofSeconds(1));
        }
    }

    static boolean happens(double rate) {
        return rate > 0 && ThreadLocalRandom.current().nextDouble() < rate;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
