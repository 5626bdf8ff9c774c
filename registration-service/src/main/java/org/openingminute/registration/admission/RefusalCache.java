package org.openingminute.registration.admission;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.kit.problem.RedactedException;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.admission.SaleReader.SalePoll;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.RegisterDecision;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.Allocation;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.sale.Order;
import org.openingminute.registration.sale.OrderCheck;
import org.openingminute.registration.sale.Sale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Refuses requests without SQL. After a batch has refused a request because nothing is left, or because the sale has not opened or has
 * ended, this instance polls the sale once and refuses such requests from the cache for {@link Inventory#SOLD_AGAIN_AFTER}; then it polls
 * again, once for all callers. The cache never refuses a request that was or may be admitted: a key that any instance has admitted goes to
 * the database, and so does a request with a voucher. It holds the exhausted limits only, so a request that needs none of these goes on.
 * {@link Inventory} ensures that no other instance admits a request that this cache would refuse.
 */
@Component
public class RefusalCache {

    private static final Set<ProblemCode> OF_EVERYBODY =
            Set.of(SaleProblem.SOLD_OUT, SaleProblem.NOT_OPEN, SaleProblem.CLOSED);

    private static final Logger log = LoggerFactory.getLogger(RefusalCache.class);
    private static final long NEVER_COLLECTED = -1;
    private static final Duration CACHED_FOR = Inventory.SOLD_AGAIN_AFTER;
    private static final Duration LONGEST_WAIT = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final SaleReader repository;
    private final ConferenceCache conferences;
    private final RefusalMetrics metrics;
    private final Map<String, CacheGuard> guards = new ConcurrentHashMap<>();

    public RefusalCache(SaleReader repository, ConferenceCache conferences, RefusalMetrics metrics) {
        this.repository = repository;
        this.conferences = conferences;
        this.metrics = metrics;
    }

    /** Caches a batch's refusal if it applies to other requests as well. */
    public void note(String conference, Result answer) {
        if (answer instanceof Result.Refused(Problem problem)) {
            // Any other refusal concerns only this request.
            if (OF_EVERYBODY.contains(problem.code())) {
                guards.computeIfAbsent(conference, CacheGuard::new).on = true;
            }
        }
    }

    /** Makes the next request poll, because this instance is the first to learn that a limit has seats again. */
    public void forget(String conference) {
        @Nullable CacheGuard guard = guards.get(conference);
        if (guard != null) {
            guard.seen = null;
        }
    }

    /** Returns the refusal of a request for seats if the cache knows it; empty if a batch has to decide. */
    public Optional<Problem> of(Command.Register command) {
        @Nullable CacheGuard guard = guards.get(command.conference());
        if (guard == null || !guard.on) {
            return Optional.empty();
        }
        try {
            @Nullable SeenSale seen = guard.seen();
            if (seen == null || seen.admitted().contains(command.key().keyHash())) {
                return Optional.empty();
            }
            Optional<Problem> problem = seen.refusal(command, seen.businessNow());
            problem.ifPresent(no -> metrics.refused(no.code()));
            return problem;
        } catch (DataAccessException e) {
            // The batch retries for longer, and answers "unavailable" if it has to give up.
            log.debug("A sale could not be polled: {}", RedactedException.types(e));
            return Optional.empty();
        }
    }

    /**
     * The state of a sale at one instant.
     *
     * @param readAt just before that instant, by {@link System#nanoTime}
     * @param business the time by which a batch would judge the sale at that instant
     * @param judged the time by which the last batch judged it
     * @param nothingLeft the exhausted limits, in the order of naming
     * @param admitted the hashes of admitted keys
     */
    record SeenSale(
            long readAt,
            Instant business,
            Instant judged,
            Conference conference,
            List<QuotaKey> nothingLeft,
            KeyHashes admitted) {

        /** Creates the state from a poll. A reservation that ends while the state is cached counts as ended. */
        static SeenSale of(long readAt, SalePoll poll, Conference conference, KeyHashes admitted) {
            Availability availability =
                    Availability.of(conference.definition(), poll.business().plus(CACHED_FOR));
            return new SeenSale(
                    readAt,
                    poll.business(),
                    poll.judged(),
                    conference,
                    availability.nothingLeft(poll.sums()),
                    admitted);
        }

        boolean fresh() {
            return System.nanoTime() - readAt < CACHED_FOR.toNanos();
        }

        Instant businessNow() {
            return business.plusNanos(System.nanoTime() - readAt);
        }

        /** Returns the refusal of a request at an instant of business time; empty if a batch has to decide. */
        Optional<Problem> refusal(Command.Register command, Instant now) {
            // A batch decides on addresses that only a rehearsal accepts.
            if (!OrderCheck.check(conference.definition(), command.request(), AddressForm.DEPLOYED)
                    .isEmpty()) {
                return Optional.empty();
            }
            Order order = OrderCheck.order(command.request());
            if (order.voucher() != null) {
                return Optional.empty();
            }
            Optional<Problem> outside = outsideTheSale(now);
            if (outside.isPresent() || !conference.open() || nothingLeft.isEmpty()) {
                return outside;
            }
            Allocation wanted = Allocation.of(conference.definition(), order);
            return nothingLeft.stream()
                    .filter(wanted.amounts()::containsKey)
                    .findFirst()
                    .map(RegisterDecision::soldOut);
        }

        /**
         * Returns the refusal before or after the sale, by the database's clock, so that a wrong clock of this machine neither opens nor
         * closes a sale. The sale counts as over only after a batch that came so late that no batch of the sale's last second can still be
         * running: such a batch would notice that the clock was set back.
         */
        private Optional<Problem> outsideTheSale(Instant now) {
            Sale sale = conference.definition().registration().sale();
            return switch (sale.phaseAt(now)) {
                case Sale.Moment.NotOpen ignored -> RegisterDecision.outsideTheSale(conference, now);
                case Sale.Moment.Closed(Instant since) ->
                    since.plus(SaleState.LONGEST_BATCH).isBefore(judged)
                            ? RegisterDecision.outsideTheSale(conference, now)
                            : Optional.empty();
                case Sale.Moment.Open ignored -> Optional.empty();
            };
        }

        boolean refusesNobody(Instant businessNow) {
            return nothingLeft.isEmpty()
                    && conference.definition().registration().sale().phaseAt(businessNow) instanceof Sale.Moment.Open;
        }
    }

    /** The cache of one conference. */
    private final class CacheGuard {

        private final String conference;
        private final ReentrantLock polling = new ReentrantLock();
        private volatile boolean on;
        private volatile @Nullable SeenSale seen;
        private volatile long failedAt = System.nanoTime() - PAUSE_AFTER_FAILURE.toNanos();

        // The following fields are guarded by the poll's lock.
        private KeyHashes admitted = KeyHashes.NONE;
        private Instant knownUpTo = Instant.EPOCH;
        private long clockEpoch = NEVER_COLLECTED;
        private long collectedSince = System.nanoTime();

        CacheGuard(String conference) {
            this.conference = conference;
        }

        /** Returns the recent state; {@code null} after a recent failure, or if it cannot be read quickly enough. */
        @Nullable
        SeenSale seen() {
            @Nullable SeenSale last = seen;
            if (last != null && last.fresh()) {
                return last;
            }
            if (System.nanoTime() - failedAt < PAUSE_AFTER_FAILURE.toNanos()) {
                return null;
            }
            try {
                if (!polling.tryLock(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    return null;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
            try {
                last = seen;
                @Nullable SeenSale now = last != null && last.fresh() ? last : poll();
                // The result of a slow poll may be outdated before it arrives.
                return now != null && now.fresh() ? now : null;
            } catch (DataAccessException e) {
                failedAt = System.nanoTime();
                throw e;
            } finally {
                polling.unlock();
            }
        }

        private @Nullable SeenSale poll() {
            if (System.nanoTime() - collectedSince > IdempotencyKey.KEPT.toNanos()) {
                // The hashes are cleared from time to time; those that are still needed are read again.
                clockEpoch = NEVER_COLLECTED;
            }
            long readAt;
            SalePoll poll;
            List<Long> newKeys = new ArrayList<>();
            Instant after = knownUpTo;
            boolean complete;
            do {
                readAt = System.nanoTime();
                poll = repository.poll(conference, after);
                metrics.polled();
                if (poll.clockEpoch() == clockEpoch) {
                    newKeys.addAll(poll.newKeys());
                    after = poll.keysUpTo();
                    complete = poll.caughtUp();
                } else {
                    startOver(poll.clockEpoch());
                    newKeys.clear();
                    after = knownUpTo;
                    complete = false;
                }
            } while (!complete);
            admitted = admitted.with(newKeys);
            knownUpTo = after;
            @Nullable Conference now = conferenceAt(poll.revision());
            if (now == null) {
                return null;
            }
            SeenSale next = SeenSale.of(readAt, poll, now, admitted);
            seen = next;
            on = !next.refusesNobody(poll.business());
            return next;
        }

        /**
         * Forgets all hashes. Later polls read keys in the order of their times, up to the last batch. They miss keys that were dated ahead
         * before the clock was set back; all of those are in the table and are read here.
         */
        private void startOver(long newClockEpoch) {
            admitted = KeyHashes.NONE.with(repository.keysDatedAhead(conference));
            knownUpTo = Instant.EPOCH;
            clockEpoch = newClockEpoch;
            collectedSince = System.nanoTime();
        }

        private @Nullable Conference conferenceAt(long revision) {
            return conferences
                    .at(conference, revision)
                    .filter(known -> known.revision() == revision)
                    .orElse(null);
        }
    }

    /** A set of hashes of keys, eight bytes each. Immutable. */
    static final class KeyHashes {

        static final KeyHashes NONE = new KeyHashes(new long[0]);

        private final long[] sorted;

        private KeyHashes(long[] sorted) {
            this.sorted = sorted;
        }

        boolean contains(long keyHash) {
            return Arrays.binarySearch(sorted, keyHash) >= 0;
        }

        KeyHashes with(List<Long> more) {
            return more.isEmpty()
                    ? this
                    : new KeyHashes(LongStream.concat(
                                    Arrays.stream(sorted), more.stream().mapToLong(Long::longValue))
                            .sorted()
                            .distinct()
                            .toArray());
        }
    }

    /** Metrics of refusals without SQL; the names are in {@code docs/metrics.md}. */
    @Component
    public static class RefusalMetrics {

        /** The name of a counter that the batches use, too. */
        public static final String NAME = "admission.refusals";

        public static final String DESCRIPTION =
                "Requests that were refused, by reason, and whether a batch, the cache, load shedding or the gap after a no did it";

        /** Every code that this service refuses with; each has a counter from the start. */
        public static final List<ProblemCode> REASONS = Stream.<ProblemCode[]>of(
                        CommonProblem.values(), SaleProblem.values())
                .flatMap(Stream::of)
                .toList();

        private final Counter polls;
        private final Map<ProblemCode, Counter> refusals = new HashMap<>();

        public RefusalMetrics(MeterRegistry registry) {
            this.polls = Counter.builder("admission.sale.polls")
                    .description("Polls of a sale, to refuse from the cache")
                    .register(registry);
            for (ProblemCode code : REASONS) {
                refusals.put(
                        code,
                        Counter.builder(NAME)
                                .description(DESCRIPTION)
                                .tags("reason", code.wireName(), "by", "cache")
                                .register(registry));
            }
        }

        void polled() {
            polls.increment();
        }

        void refused(ProblemCode reason) {
            requireNonNull(refusals.get(reason)).increment();
        }
    }
}
