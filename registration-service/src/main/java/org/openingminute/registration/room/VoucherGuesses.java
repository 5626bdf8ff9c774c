package org.openingminute.registration.room;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.registration.admission.IdempotencyRecords;
import org.openingminute.registration.sale.Voucher.VoucherProblem;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/**
 * Limits how many unknown or expired voucher codes a caller may try per hour. Each instance counts separately and remembers the 100,000
 * callers seen most recently. Thread-safe.
 */
@Component
@EnableConfigurationProperties(VoucherGuesses.VoucherSettings.class)
public class VoucherGuesses {

    private static final long REMEMBERED = Duration.ofHours(1).toNanos();
    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();
    private static final int MOST_GUESSERS = 100_000;
    private static final String UNKNOWN = new VoucherProblem.Unknown("").error().code();

    private final Map<Guesser, Tries> tries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Guesser, Tries> eldest) {
            return size() > MOST_GUESSERS;
        }
    };

    private final Predicate<IdempotencyKey> answered;
    private final VoucherSettings settings;
    private final LongSupplier nanoTime;
    private final Counter refused;

    @Autowired
    VoucherGuesses(IdempotencyRecords records, VoucherSettings settings, MeterRegistry meters) {
        this(records::isAnswered, settings, System::nanoTime, meters);
    }

    VoucherGuesses(
            Predicate<IdempotencyKey> answered, VoucherSettings settings, LongSupplier nanoTime, MeterRegistry meters) {
        this.answered = answered;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.refused = Counter.builder("registration.voucher.calls.refused")
                .description("Calls with a voucher's code that were refused because too many wrong ones had been tried")
                .register(meters);
    }

    /**
     * A caller with a limit of wrong codes per hour.
     *
     * @param who identifies the caller
     */
    public record Guesser(String who, int most) {}

    public Guesser ofAddress(String address) {
        return new Guesser("address " + address, settings.wrongPerAddress());
    }

    public Guesser ofMailbox(UUID mailbox) {
        return new Guesser("mailbox " + mailbox, settings.wrongPerToken());
    }

    public Guesser ofAdmission(Admission admission) {
        return new Guesser(
                "place %s %d %d".formatted(admission.scope(), admission.room(), admission.number()),
                settings.wrongPerToken());
    }

    /**
     * Runs a request that contains a voucher code. While the requests in progress could use up the remaining tries, the next request waits.
     *
     * @param key of the request; a request whose key was already answered always runs. {@code null} for none
     * @throws Problem {@code rate-limited}; {@code unavailable} after waiting five seconds; those of the request
     */
    public <T> T tried(Guesser by, @Nullable IdempotencyKey key, Supplier<T> request) {
        Tries of = of(by);
        Optional<Duration> wait = of.begin(by.most());
        if (wait.isPresent()) {
            if (key != null && answered.test(key)) {
                return request.get();
            }
            refused.increment();
            throw new Problem(
                            CommonProblem.RATE_LIMITED,
                            "Too many wrong voucher codes were tried.",
                            List.of(FieldError.of(
                                    VoucherProblem.FIELD,
                                    "too-many-tries",
                                    "Too many wrong codes were tried. Try again later, or without a voucher.")))
                    .retryAfter(wait.get());
        }
        boolean wrong = false;
        try {
            return request.get();
        } catch (Problem problem) {
            wrong = problem.errors().stream().anyMatch(error -> error.code().equals(UNKNOWN));
            throw problem;
        } finally {
            of.end(wrong);
        }
    }

    private Tries of(Guesser by) {
        synchronized (tries) {
            return tries.computeIfAbsent(by, _ -> new Tries());
        }
    }

    /** The wrong codes of the last hour, and the requests in progress. Thread-safe. */
    private final class Tries {

        private final Deque<Long> wrongAt = new ArrayDeque<>();
        private int underWay;

        /** Starts a request, or returns how long the caller has to wait if too many codes were wrong. */
        synchronized Optional<Duration> begin(int most) {
            long since = nanoTime.getAsLong();
            while (true) {
                long now = nanoTime.getAsLong();
                while (!wrongAt.isEmpty() && now - wrongAt.getFirst() >= REMEMBERED) {
                    wrongAt.removeFirst();
                }
                if (wrongAt.size() >= most) {
                    return Optional.of(Duration.ofNanos(wrongAt.getFirst() + REMEMBERED - now));
                }
                if (wrongAt.size() + underWay < most) {
                    underWay++;
                    return Optional.empty();
                }
                await(since + PATIENCE - now);
            }
        }

        private void await(long nanos) {
            if (nanos <= 0) {
                throw Problem.unavailable();
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Problem.unavailable();
            }
        }

        synchronized void end(boolean wrong) {
            underWay--;
            if (wrong) {
                wrongAt.addLast(nanoTime.getAsLong());
            }
            notifyAll();
        }
    }

    /**
     * How many voucher codes that are unknown or ended may be tried within an hour, at each instance and where limits are on.
     *
     * @param wrongPerAddress how many wrong voucher codes a client address may try within an hour
     * @param wrongPerToken how many wrong voucher codes the bearer of a Mailbox-Token, or of an admission while the room is on, may try
     *     within an hour
     */
    @ConfigurationProperties(prefix = "vouchers", ignoreUnknownFields = false)
    record VoucherSettings(
            @DefaultValue("30") int wrongPerAddress,
            @DefaultValue("10") int wrongPerToken) {

        VoucherSettings {
            if (wrongPerAddress < 1 || wrongPerToken < 1) {
                throw new IllegalArgumentException(
                        "WRONG_VOUCHERS_PER_ADDRESS and WRONG_VOUCHERS_PER_TOKEN must be above zero");
            }
        }
    }
}
