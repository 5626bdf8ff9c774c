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
import org.openingminute.kit.problem.Fault;
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
 * How old the desk's index is: all that was committed until an instant is in it. That is told by the oldest event which waits for the
 * brokers or, there, for this service. While brokers do not answer, the instant stays.
 */
@Component
public class IndexAge {

    private static final Logger log = LoggerFactory.getLogger(IndexAge.class);
    private static final String TOPIC = "registration.events.v1";
    private static final Duration FRESH = Duration.ofSeconds(1);
    /** A list is not held up by brokers that are slow to answer. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final MessagingStatus messaging;
    private final JdbcClient desk;
    private final Clock clock;
    private final BusinessClock businessClock;
    private final String group;
    private volatile @Nullable Instant newest;
    /** Guarded by this. */
    private @Nullable CompletableFuture<Void> look;

    private long lookedAt;

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

    /** Its metric. */
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
     * The instant of business time up to which all changes are in the index, at most a second out of date; empty while the index is
     * being built for the first time, and as long as brokers have never answered.
     */
    public Optional<Instant> asOf() {
        CompletableFuture<Void> looking = lookAgain();
        try {
            looking.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.debug("How old the desk's index is was not found out: {}", Fault.types(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return newest();
    }

    /** The same without waiting for the brokers: by then more may be in the index. The next call knows what they say to this one. */
    public Optional<Instant> atLeastAsOf() {
        CompletableFuture<Void> _ = lookAgain();
        return newest();
    }

    private Optional<Instant> newest() {
        return Optional.ofNullable(newest).map(at -> at.plus(businessClock.offset()));
    }

    private double seconds() {
        lookAgain().join();
        @Nullable Instant at = newest;
        return at == null ? Double.NaN : Duration.between(at, clock.instant()).toMillis() / 1000.0;
    }

    private synchronized CompletableFuture<Void> lookAgain() {
        if (look == null || (look.isDone() && System.nanoTime() - lookedAt > FRESH.toNanos())) {
            lookedAt = System.nanoTime();
            CompletableFuture<Void> looking = new CompletableFuture<>();
            Thread.ofVirtual().name("desk-index-age").start(() -> {
                try {
                    look();
                    looking.complete(null);
                } catch (RuntimeException | Error e) {
                    looking.completeExceptionally(e);
                }
            });
            look = looking;
        }
        return look;
    }

    private void look() {
        if (!isBuilt()) {
            newest = null;
            return;
        }
        Instant now = clock.instant();
        @Nullable Double unsent = messaging.outbox().oldestSeconds();
        MessagingStatus.Broker broker = messaging.broker();
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
