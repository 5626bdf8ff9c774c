package org.openingminute.gateway.routing;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.request.LimitedBody;
import org.openingminute.kit.problem.Problem;
import org.springframework.stereotype.Component;

/**
 * Bounds the calls in progress, separately for each service and kind of call. A slow service can hold up only a bounded number of calls,
 * and reads continue while writes are at their bound. Nothing is queued here. Thread-safe.
 */
@Component
final class Bulkheads {

    /** If places are scarce, a call whose body has not arrived within this time gives up its place. */
    private static final Duration SLOW = Duration.ofSeconds(1);

    private final BulkheadRegistry registry = BulkheadRegistry.ofDefaults();
    private final Map<String, Bound> bounds = new ConcurrentHashMap<>();
    private final GatewaySettings.Bulkheads settings;

    Bulkheads(GatewaySettings settings, MeterRegistry meters) {
        this.settings = settings.bulkheads();
        TaggedBulkheadMetrics.ofBulkheadRegistry(registry).bindTo(meters);
    }

    /** The kinds of calls, each with a bound of its own. */
    enum Work {
        REGISTRATIONS,
        WRITES,
        READS,
        STREAMS;

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The bound that all routes with such calls to the service share. */
    Bound of(Service service, Work work) {
        return bounds.computeIfAbsent(
                service.wireName() + "." + work.wireName(),
                name -> new Bound(registry.bulkhead(name, config(most(work)))));
    }

    private int most(Work work) {
        return switch (work) {
            case REGISTRATIONS -> settings.registrations();
            case WRITES -> settings.writes();
            case READS -> settings.reads();
            case STREAMS -> settings.streams();
        };
    }

    private static BulkheadConfig config(int most) {
        return BulkheadConfig.custom()
                .maxConcurrentCalls(most)
                .maxWaitDuration(Duration.ZERO)
                .fairCallHandlingStrategyEnabled(false)
                .build();
    }

    /** The bound of one kind of calls to one service. Thread-safe. */
    static final class Bound {

        private final Bulkhead bulkhead;
        private final Set<Place> withBody = ConcurrentHashMap.newKeySet();

        private Bound(Bulkhead bulkhead) {
            this.bulkhead = bulkhead;
        }

        /**
         * Takes a place; the call must leave it at its end.
         *
         * @param tryAgain tells a refused client how to repeat the call
         * @throws Problem {@code unavailable} if all places are taken
         */
        Place enter(LimitedBody body, String tryAgain) {
            if (!bulkhead.tryAcquirePermission()) {
                withBody.forEach(Place::leaveIfSlow);
                if (!bulkhead.tryAcquirePermission()) {
                    throw full(tryAgain);
                }
            }
            Place place = new Place(this, body);
            if (body.hasBody()) {
                withBody.add(place);
            }
            return place;
        }

        int free() {
            return bulkhead.getMetrics().getAvailableConcurrentCalls();
        }

        /** Randomises the wait, so that callers who were refused together do not return together. */
        private static Problem full(String tryAgain) {
            return Problem.unavailable("Too many requests are in progress right now. " + tryAgain)
                    .retryAfter(Duration.ofSeconds(ThreadLocalRandom.current().nextLong(1, 4)));
        }
    }

    /** The place of one call. */
    static final class Place {

        private final Bound bound;
        private final LimitedBody body;
        private final long since = System.nanoTime();
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(Bound bound, LimitedBody body) {
            this.bound = bound;
            this.body = body;
        }

        /** Leaves the place. Later calls have no effect. */
        void leave() {
            if (left.compareAndSet(false, true)) {
                bound.withBody.remove(this);
                bound.bulkhead.onComplete();
            }
        }

        private void leaveIfSlow() {
            if (System.nanoTime() - since > SLOW.toNanos() && !body.hasArrived()) {
                leave();
            }
        }
    }
}
