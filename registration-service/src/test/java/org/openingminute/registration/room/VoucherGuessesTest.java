package org.openingminute.registration.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.room.VoucherGuesses.Guesser;
import org.openingminute.registration.room.VoucherGuesses.VoucherSettings;
import org.openingminute.registration.sale.Voucher.VoucherProblem;

/** Proves the bounds on wrong voucher codes, with a controlled clock. */
class VoucherGuessesTest {

    private static final IdempotencyKey ANSWERED = new IdempotencyKey("register:small-1", "answered");
    private static final IdempotencyKey NEW = new IdempotencyKey("register:small-1", "new");

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong(-5);
    private final VoucherGuesses guesses = guesses(() -> now.addAndGet(1_000));
    private final Guesser guesser = guesses.ofAddress("192.0.2.1");

    @Test
    void wrong_codes_of_an_hour_are_bounded() {
        wrong(guesser);
        after(Duration.ofMinutes(20));
        wrong(guesser);
        wrong(guesser);

        Problem refused = refused(guesser);
        assertThat(meters.get("registration.voucher.calls.refused").counter().count())
                .isEqualTo(1);
        assertThat(Integer.parseInt(refused.retryAfter().orElseThrow())).isBetween(2_399, 2_400);
        assertThat(refused.errors()).extracting(error -> error.code()).containsExactly("too-many-tries");
        assertThat(guesses.tried(guesses.ofAddress("192.0.2.2"), NEW, () -> "sold"))
                .isEqualTo("sold");
        after(Duration.ofMinutes(40));
        wrong(guesser);
        refused(guesser);
    }

    @Test
    void good_codes_and_other_refusals_are_no_guesses() {
        for (int i = 0; i < 9; i++) {
            guesses.tried(guesser, NEW, () -> "sold");
            fails(guesser, new VoucherProblem.UsedUp("x"));
            fails(guesser, new VoucherProblem.ForNobodyHere("x"));
            catchThrowableOfType(
                    Problem.class,
                    () -> guesses.tried(guesser, NEW, () -> {
                        throw Problem.unavailable();
                    }));
            catchThrowableOfType(
                    IllegalStateException.class,
                    () -> guesses.tried(guesser, NEW, () -> {
                        throw new IllegalStateException();
                    }));
        }

        assertThat(guesses.tried(guesser, NEW, () -> "sold")).isEqualTo("sold");
    }

    @Test
    void answered_key_gets_its_answer_all_the_same() {
        Stream.of(1, 2, 3).forEach(_ -> wrong(guesser));

        assertThat(guesses.tried(guesser, ANSWERED, () -> "sold")).isEqualTo("sold");
        refused(guesser);
    }

    @Test
    void each_token_has_tries_of_its_own() {
        Admission first = new Admission("small-1", 5, 7, Instant.EPOCH, false);
        List<Guesser> tokens = List.of(
                guesses.ofMailbox(new UUID(1, 1)),
                guesses.ofMailbox(new UUID(1, 2)),
                guesses.ofAdmission(first),
                guesses.ofAdmission(new Admission("small-1", 5, 8, Instant.EPOCH, false)),
                guesses.ofAdmission(new Admission("small-2", 5, 7, Instant.EPOCH, false)));
        Stream.of(1, 2, 3).forEach(_ -> wrong(guesser));

        assertThat(tokens).allSatisfy(token -> {
            wrong(token);
            wrong(token);
            refused(token);
        });
        refused(guesses.ofAdmission(first.extended()));
    }

    @Test
    void codes_that_are_tried_at_once_are_bounded_too() throws Exception {
        // Its clock stands still, so that nobody has waited for too long.
        VoucherGuesses patient = guesses(() -> 0);
        CountDownLatch held = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        List<FutureTask<Problem>> tried = new ArrayList<>();
        List<Thread> guessers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tried.add(new FutureTask<>(() -> catchThrowableOfType(
                    Problem.class,
                    () -> patient.tried(guesser, NEW, () -> {
                        told.incrementAndGet();
                        await(held);
                        throw unknown();
                    }))));
            guessers.add(Thread.startVirtualThread(tried.getLast()));
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> guessers.stream()
                                .filter(one -> one.getState() == Thread.State.TIMED_WAITING)
                                .count()
                        == 17);
        held.countDown();
        List<Object> codes = new ArrayList<>();
        for (FutureTask<Problem> one : tried) {
            codes.add(one.get().code());
        }
        assertThat(codes).filteredOn(CommonProblem.RATE_LIMITED::equals).hasSize(17);
        assertThat(told).hasValue(3);
    }

    @Test
    void good_codes_that_are_tried_at_once_wait_for_one_another() {
        // Its clock stands still, so that nobody has waited for too long.
        VoucherGuesses patient = guesses(() -> 0);
        CountDownLatch three = new CountDownLatch(3);
        Executor executor = Executors.newVirtualThreadPerTaskExecutor();
        List<CompletableFuture<String>> tried = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tried.add(CompletableFuture.supplyAsync(
                    () -> patient.tried(guesser, NEW, () -> {
                        three.countDown();
                        await(three);
                        return "sold";
                    }),
                    executor));
        }

        assertThat(tried.stream().map(CompletableFuture::join)).hasSize(20).containsOnly("sold");
    }

    @Test
    void bound_of_none_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new VoucherSettings(0, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> new VoucherSettings(30, 0));
    }

    private VoucherGuesses guesses(LongSupplier nanoTime) {
        return new VoucherGuesses(ANSWERED::equals, new VoucherSettings(3, 2), nanoTime, meters);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void wrong(Guesser by) {
        assertThat(fails(by, new VoucherProblem.Unknown("x"))).isEqualTo(SaleProblem.VOUCHER_INVALID);
    }

    private Object fails(Guesser by, VoucherProblem why) {
        return catchThrowableOfType(
                        Problem.class,
                        () -> guesses.tried(by, NEW, () -> {
                            throw of(why);
                        }))
                .code();
    }

    private Problem refused(Guesser by) {
        Problem refused = catchThrowableOfType(Problem.class, () -> guesses.tried(by, NEW, () -> "not called"));
        assertThat(refused.code()).isEqualTo(CommonProblem.RATE_LIMITED);
        return refused;
    }

    private static Problem unknown() {
        return of(new VoucherProblem.Unknown("x"));
    }

    private static Problem of(VoucherProblem why) {
        return new Problem(SaleProblem.VOUCHER_INVALID, "", List.of(why.error()));
    }

    private void after(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
