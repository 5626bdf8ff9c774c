package org.openingminute.payment.sandbox;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The ordered faults, stored in a table for all instances. */
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
     * @param latencyMs the delay of each call of the customer, in milliseconds
     * @param errorRate the share of the customer's calls that fail without effect
     * @param timeoutAfterChargeRate the share of the calls that are done and never answered
     */
    record Ordered(long latencyMs, double errorRate, double timeoutAfterChargeRate, Webhook webhook) {}

    /**
     * Faults of webhooks.
     *
     * @param delayMs the delay before each, in milliseconds
     * @param shuffle whether later ones may come first
     */
    record Webhook(double dropRate, double duplicateRate, long delayMs, boolean shuffle) {}

    /** The faults as they were ordered at most {@link #READ_EVERY} ago. */
    Ordered ordered() {
        Read last = read;
        if (last == null || System.nanoTime() - last.at() >= READ_EVERY.toNanos()) {
            // Counted from before the query: what it reads may be replaced while it returns.
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

    /** Orders faults, and returns when every instance follows them. */
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

    /** Delays or fails a call of the customer before it is done. */
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

    /** Withholds the answer now and then after a call was done. */
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
