package org.openingminute.registration.desk;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.messaging.operations.MessagingStatus;
import org.openingminute.registration.admission.BusinessClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Determines how current the desk's index is: an instant before which every committed change is in the index. It is derived from the age of
 * the oldest event that is still in the outbox or, at the broker, still unread by this service. While the brokers do not answer, the last
 * known instant is returned.
 */
@Component
public class IndexAge {

    private static final Logger log = LoggerFactory.getLogger(IndexAge.class);
    private static final String TOPIC = "registration.events.v1";
    private static final Duration FRESH = Duration.ofSeconds(1);
    /** How long a list waits for the brokers' answer. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final MessagingStatus messaging;
    private final JdbcClient desk;
    private final Clock clock;
    private final BusinessClock businessClock;
    private final String group;
    private volatile @Nullable Instant newest;
    /** Guarded by {@code this}. */
    private @Nullable CompletableFuture<Void> lastCheck;

    private long checkedAt;

    IndexAge(
            MessagingStatus messaging,
            @Qualifier("desk") JdbcClient desk,
            Clock clock,
            BusinessClock businessClock,
            @Value("${spring.application.name}") String group) {
        this.messaging = messaging;
        this.desk = desk;
        this.clock = clock;
        this.businessClock = businessClock;
        this.group = group;
    }

    /** Publishes the age as a metric. */
    @Component
    static class IndexMetrics {

        IndexMetrics(IndexAge age, PolledGauges metrics) {
            metrics.of("desk-index", age::seconds)
                    .gauge(
                            "registration.desk.index.age.seconds",
                            "Age of the oldest change that the desk's index may lack",
                            "seconds",
                            seconds -> seconds);
        }
    }

    /**
     * Returns the business time up to which all changes are in the index. The value is at most a second old. It is empty while the index is
     * being built for the first time, and until the brokers have answered once.
     */
    public Optional<Instant> asOf() {
        CompletableFuture<Void> pending = checkAgain();
        try {
            pending.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.debug("The age of the desk's index could not be determined: {}", RedactedException.types(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return newest();
    }

    /**
     * Returns the same without waiting for the brokers: the index may be more current than this value. The call starts a check whose
     * outcome the next call returns.
     */
    public Optional<Instant> atLeastAsOf() {
        CompletableFuture<Void> _ = checkAgain();
        return newest();
    }

    private Optional<Instant> newest() {
        return Optional.ofNullable(newest).map(at -> at.plus(businessClock.offset()));
    }

    private double seconds() {
        checkAgain().join();
        @Nullable Instant at = newest;
        return at == null ? Double.NaN : Duration.between(at, clock.instant()).toMillis() / 1000.0;
    }

    private synchronized CompletableFuture<Void> checkAgain() {
        if (lastCheck == null || (lastCheck.isDone() && System.nanoTime() - checkedAt > FRESH.toNanos())) {
            checkedAt = System.nanoTime();
            CompletableFuture<Void> pending = new CompletableFuture<>();
            Thread.ofVirtual().name("desk-index-age").start(() -> {
                try {
                    check();
                    pending.complete(null);
                } catch (RuntimeException | Error e) {
                    pending.completeExceptionally(e);
                }
            });
            lastCheck = pending;
        }
        return lastCheck;
    }

    private void check() {
        if (!isBuilt()) {
            newest = null;
            return;
        }
        Instant now = clock.instant();
        @Nullable Double unsent = messaging.outbox().oldestSeconds();
        // Not an earlier answer: what was sent between it and the look at the outbox would be in neither.
        MessagingStatus.Broker broker = messaging.brokerNow();
        if (!broker.answers() || !broker.steady()) {
            return;
        }
        broker.consumers().stream()
                .filter(lag -> lag.group().equals(group) && TOPIC.equals(lag.topic()) && lag.oldestSeconds() != null)
                .findFirst()
                .ifPresent(lag -> advance(now, unsent == null ? 0 : unsent, lag.oldestSeconds()));
    }

    private void advance(Instant now, double unsent, @Nullable Double unread) {
        long millis = Math.round(Math.max(unsent, unread == null ? 0 : unread) * 1000);
        Instant at = now.minusMillis(millis);
        @Nullable Instant before = newest;
        newest = before == null || at.isAfter(before) ? at : before;
    }

    private boolean isBuilt() {
        return desk.sql("select exists (select from desk_build where done_at is not null)")
                .query(Boolean.class)
                .single();
    }
}
