package org.openingminute.payment.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.CannotBeApplied;
import org.openingminute.messaging.Ids;
import org.openingminute.payment.money.Money;
import org.openingminute.payment.money.Posting;
import org.openingminute.payment.payment.Decision.Says;

class PaymentRulesTest {

    private static final UUID ID = new UUID(7, 7);
    private static final Instant T0 = Instant.parse("2026-02-02T17:00:00Z");
    private static final UUID SESSION = new UUID(1, 1);
    private static final UUID OTHER_SESSION = new UUID(1, 2);
    private static final Money DUE = usd(80_000);

    private final AtomicLong counter = new AtomicLong();
    private final Ids ids = () -> new UUID(9, counter.incrementAndGet());
    private final List<Says> said = new ArrayList<>();
    private final List<Posting> posted = new ArrayList<>();

    @Test
    void the_highest_revision_holds_in_whatever_order_they_come() {
        Payment up = after(requested(1, 100), requested(3, 300), requested(2, 200));
        Payment down = after(requested(3, 300), requested(2, 200), requested(1, 100));

        assertThat(up.demand()).isEqualTo(down.demand());
        assertThat(up.payability(T0)).isEqualTo(new Payability.Yes(usd(300)));
    }

    @Test
    void never_after_close() {
        assertThat(after(new Act.Closed("expired"), requested(5, 100)).payability(T0))
                .isInstanceOf(Payability.Not.class);
    }

    @Test
    void commands_come_to_the_same_in_every_order() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Act> commands = new ArrayList<>(List.of(
                requested(1, 80_000),
                requested(2, 80_000),
                new Act.Closed("cancelled"),
                new Act.MarkedPaid("bank", DUE, T0),
                new Act.RefundCommanded(new UUID(3, 1), usd(50_000), "policy", T0),
                new Act.RefundCommanded(new UUID(3, 2), usd(30_000), "policy", T0)));
        @Nullable Payment expected = null;
        for (int i = 0; i < 300; i++) {
            Collections.shuffle(commands, random);
            counter.set(0);
            Payment end = after(commands.toArray(Act[]::new));
            assertThat(end.captures().getFirst().answered())
                    .as("seed %d, %s", seed, commands)
                    .isTrue();
            Payment comparable = comparable(end);
            if (expected == null) {
                expected = comparable;
            }
            assertThat(comparable).as("seed %d, %s", seed, commands).isEqualTo(expected);
        }
    }

    /** What others can see, without ids that were given by the way and the order of lists. */
    private static Payment comparable(Payment payment) {
        return payment.withRefunds(payment.refunds().stream()
                        .sorted(Comparator.comparing(Refund::id))
                        .map(r -> new Refund(
                                r.id(),
                                null,
                                r.amount(),
                                r.reason(),
                                r.state(),
                                r.at(),
                                r.askedAt(),
                                r.surplus(),
                                null,
                                r.failure()))
                        .toList())
                .withCaptures(payment.captures().stream()
                        .map(c -> new Capture(
                                ID,
                                c.provider(),
                                c.providerPayment(),
                                c.amount(),
                                c.at(),
                                c.surplus(),
                                c.answered(),
                                T0,
                                0))
                        .toList());
    }

    @Test
    void random_histories_keep_the_books() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int history = 0; history < 500; history++) {
            Payment payment = Payment.unknown(ID);
            posted.clear();
            for (int step = 0; step < 30; step++) {
                Act act = any(random, payment);
                try {
                    payment = next(payment, act);
                } catch (NotYet | CannotBeApplied refused) {
                    continue;
                }
                assertThat(next(payment, act).captures().size())
                        .as("seed %d: the same %s again", seed, act)
                        .isEqualTo(payment.captures().size());
                if (payment.demand() != null) {
                    Money held = payment.captured().less(payment.refunded());
                    assertThat(payment.captured().covers(payment.refunded()))
                            .as("seed %d", seed)
                            .isTrue();
                    assertThat(balance("registrations")).as("seed %d", seed).isEqualTo(held.amount());
                }
                assertThat(payment.sessions().stream()
                                .filter(Session::takesMoney)
                                .count())
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    private Act any(Random random, Payment payment) {
        int small = random.nextInt(4);
        return switch (random.nextInt(11)) {
            case 0 -> requested(random.nextInt(1, 6), 80_000);
            case 1 -> random.nextInt(6) == 0 ? new Act.Closed("expired") : new Act.Kept();
            case 2 -> new Act.RefundCommanded(new UUID(3, small), usd(random.nextInt(1, 90_000)), "x", T0);
            case 3 -> new Act.MarkedPaid("bank" + small, DUE, T0);
            case 4 -> new Act.SessionWanted(new UUID(1, random.nextInt(50)), "sandbox", DUE, T0);
            case 5 -> new Act.MoneyArrived(new UUID(1, random.nextInt(50)), "sandbox", "pay" + small, DUE, T0);
            case 6 -> new Act.Declined("sandbox", "no" + small, "card-declined", T0);
            case 7 -> new Act.TimeIsOver();
            case 8 -> new Act.StillUnanswered(T0.minusSeconds(20), T0);
            case 9 -> anyRefund(random, payment, true);
            default -> anyRefund(random, payment, false);
        };
    }

    private static Act anyRefund(Random random, Payment payment, boolean done) {
        List<Refund> assigned = payment.refunds().stream()
                .filter(refund -> refund.capture() != null)
                .toList();
        UUID id = assigned.isEmpty()
                ? ID
                : assigned.get(random.nextInt(assigned.size())).id();
        return done ? new Act.RefundDone(id, "re", T0) : new Act.RefundFailed(id, "no", T0);
    }

    @Test
    void money_is_said_and_posted_once() {
        Payment payment = after(requested(1, 80_000), wanted(), opened(), arrived("pay_1"), arrived("pay_1"));

        assertThat(said).containsExactly(Says.CAPTURED);
        assertThat(posted).hasSize(1);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(payment.sessions().getFirst().state()).isEqualTo(Session.State.CAPTURED);
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Not.class);
    }

    @Test
    void money_before_the_request_is_said_with_the_request() {
        Payment payment = after(arrived("pay_1"));
        assertThat(said).isEmpty();

        next(payment, requested(1, 80_000));
        assertThat(said).containsExactly(Says.CAPTURED);
    }

    @Test
    void a_second_capture_is_a_surplus_that_goes_back_three_times_at_most() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"), arrived("pay_2"));
        assertThat(payment.captured()).isEqualTo(DUE);
        assertThat(said).containsExactly(Says.CAPTURED);

        for (int i = 0; i < 5; i++) {
            for (Refund refund : payment.refunds()) {
                payment = next(payment, new Act.RefundFailed(refund.id(), "no", T0));
            }
        }
        assertThat(payment.refunds()).hasSize(PaymentRules.SURPLUS_REFUND_TRIES);
        assertThat(said).containsExactly(Says.CAPTURED);
    }

    @Test
    void after_a_wrong_amount_went_back_it_can_be_paid_again() {
        Payment payment = after(
                requested(1, 70_000),
                arrived("pay_1"),
                requested(2, 90_000),
                new Act.RefundCommanded(new UUID(3, 1), DUE, "amount wrong", T0));
        assertThat(payment.payability(T0)).isEqualTo(new Payability.Yes(usd(90_000)));

        payment = next(next(payment, new Act.RefundDone(new UUID(3, 1), "re", T0)), arrived("pay_2"));
        assertThat(payment.captures()).noneMatch(Capture::surplus);
        assertThat(said).containsExactly(Says.CAPTURED, Says.REFUNDED, Says.CAPTURED);
    }

    @Test
    void another_amount_ends_the_open_session() {
        Payment payment = after(requested(1, 80_000), wanted(), opened(), requested(2, 90_000));

        assertThat(payment.sessions()).extracting(Session::state).containsExactly(Session.State.ENDING);
        assertThat(payment.payability(T0)).isEqualTo(new Payability.Yes(usd(90_000)));
    }

    @Test
    void a_session_that_is_answered_after_the_close_is_ended_all_the_same() {
        Payment payment = after(requested(1, 80_000), wanted(), new Act.Closed("expired"), opened());

        Session session = payment.sessions().getFirst();
        assertThat(session.state()).isEqualTo(Session.State.ENDING);
        assertThat(session.providerSession()).isEqualTo("cs_1");
    }

    @Test
    void one_session_is_open_at_a_time() {
        Payment payment =
                after(requested(1, 80_000), wanted(), new Act.SessionWanted(OTHER_SESSION, "sandbox", DUE, T0));
        assertThat(payment.sessions()).hasSize(1);
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Already.class);
    }

    @Test
    void a_decline_is_failed_until_it_is_paid_and_told_once() {
        Act declined = new Act.Declined("sandbox", "pay_1", "card-declined", T0);
        Payment payment = after(requested(1, 80_000), wanted(), opened(), declined, declined);

        assertThat(payment.status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(payment.payability(T0)).isInstanceOf(Payability.Already.class);
        assertThat(said).containsExactly(Says.FAILED);

        payment = next(payment, arrived("pay_2"));
        payment = next(payment, new Act.Declined("sandbox", "pay_0", "card-declined", T0.minusSeconds(5)));
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(said).containsExactly(Says.FAILED, Says.CAPTURED);
    }

    @Test
    void a_try_that_ended_does_not_begin_again() {
        Payment payment = after(
                requested(1, 80_000),
                wanted(),
                opened(),
                new Act.Declined("sandbox", "pay_1", "card-declined", T0.plusSeconds(1)),
                new Act.Processing("sandbox", "pay_1", T0));
        assertThat(payment.status()).isEqualTo(PaymentStatus.FAILED);
    }

    @Test
    void what_is_not_payable_says_why() {
        assertThat(after(requested(1, 0)).payability(T0)).isEqualTo(new Payability.Not("There is nothing to pay."));
        assertThat(after(requested(1, 0)).status()).isEqualTo(PaymentStatus.CAPTURED);
        assertThat(Payment.unknown(ID).payability(T0)).isInstanceOf(Payability.Not.class);
        assertThat(after(new Act.Requested(new Demand(request(1, 100, false, 900), T0)))
                        .payability(T0))
                .isInstanceOf(Payability.Not.class);
    }

    @Test
    void sessions_end_half_a_minute_before_the_hold_and_half_way_through_a_short_one() {
        assertThat(demand(900).sessionsEndAt()).isEqualTo(T0.plusSeconds(870));
        assertThat(demand(60).sessionsEndAt()).isEqualTo(T0.plusSeconds(30));
        assertThat(demand(59).sessionsEndAt()).isEqualTo(T0.plusMillis(29_500));
        assertThat(demand(5).sessionsEndAt()).isEqualTo(T0.plusMillis(2_500));
        assertThat(demand(5).expiresAt()).isEqualTo(T0.plusSeconds(5).minusMillis(2_500));

        Payment payment = after(requested(1, 80_000));
        assertThat(payment.payability(T0.plusSeconds(870).minusNanos(1))).isInstanceOf(Payability.Yes.class);
        assertThat(payment.payability(T0.plusSeconds(870))).isInstanceOf(Payability.Not.class);
    }

    @Test
    void a_refund_answers_the_capture_and_more_than_is_left_fails() {
        Payment payment = after(
                requested(1, 80_000),
                arrived("pay_1"),
                new Act.RefundCommanded(new UUID(3, 1), usd(50_000), "policy", T0),
                new Act.RefundCommanded(new UUID(3, 2), usd(40_000), "policy", T0));

        assertThat(payment.captures().getFirst().answered()).isTrue();
        assertThat(payment.refunds())
                .extracting(Refund::state)
                .containsExactly(Refund.State.PENDING, Refund.State.FAILED);
        assertThat(said).containsExactly(Says.CAPTURED, Says.REFUND_FAILED);
        assertThat(payment.status()).isEqualTo(PaymentStatus.CAPTURED);

        payment = next(payment, new Act.RefundDone(new UUID(3, 1), "re", T0));
        assertThat(payment.status()).isEqualTo(PaymentStatus.PARTLY_REFUNDED);
        assertThat(next(payment, new Act.RefundDone(new UUID(3, 1), "re", T0))).isEqualTo(payment);
    }

    @Test
    void an_unanswered_capture_is_told_again_and_an_answered_one_is_not() {
        Payment payment = after(requested(1, 80_000), arrived("pay_1"));
        Act still = new Act.StillUnanswered(T0.plusSeconds(1), T0.plusSeconds(21));

        Payment told = next(payment, still);
        assertThat(told.captures().getFirst().toldAgain()).isEqualTo(1);
        assertThat(next(told, still)).isEqualTo(told);
        said.clear();
        next(next(payment, new Act.Kept()), still);
        assertThat(said).isEmpty();
    }

    @Test
    void a_dispute_is_open_then_won_or_lost() {
        Act opened = new Act.DisputeOpened("sandbox", "dp_1", "pay_1", DUE, T0);
        assertThatThrownBy(() -> after(requested(1, 80_000), opened)).isInstanceOf(NotYet.class);
        said.clear();

        Payment disputed = after(requested(1, 80_000), arrived("pay_1"), opened, opened);
        assertThat(disputed.status()).isEqualTo(PaymentStatus.DISPUTED);
        assertThat(disputed.disputed()).isEqualTo(DUE);
        assertThat(said).containsExactly(Says.CAPTURED, Says.DISPUTED);

        Payment won = next(disputed, new Act.DisputeEnded("sandbox", "dp_1", true, T0));
        assertThat(won.status()).isEqualTo(PaymentStatus.CAPTURED);
        Payment lost = next(disputed, new Act.DisputeEnded("sandbox", "dp_1", false, T0));
        assertThat(lost.status()).isEqualTo(PaymentStatus.DISPUTED);
        assertThat(next(lost, new Act.DisputeEnded("sandbox", "dp_1", true, T0)))
                .isEqualTo(lost);
    }

    @Test
    void money_in_another_currency_than_is_due_cannot_be_marked_as_paid() {
        assertThatThrownBy(() -> after(requested(1, 100), new Act.MarkedPaid("bank", new Money(100, "EUR"), T0)))
                .isInstanceOf(CannotBeApplied.class);
    }

    private long balance(String account) {
        return posted.stream()
                .mapToLong(posting -> posting.credit().equals(account)
                        ? posting.amount().amount()
                        : posting.debit().equals(account) ? -posting.amount().amount() : 0)
                .sum();
    }

    private Payment after(Act... acts) {
        Payment payment = Payment.unknown(ID);
        for (Act act : acts) {
            payment = next(payment, act);
        }
        return payment;
    }

    private Payment next(Payment payment, Act act) {
        Decision decision = PaymentRules.decide(payment, act, T0, ids);
        said.addAll(decision.says());
        posted.addAll(decision.postings());
        return decision.next();
    }

    private static Act requested(int revision, long due) {
        return new Act.Requested(new Demand(request(revision, due, true, 900), T0));
    }

    private static Demand demand(long seconds) {
        return new Demand(request(1, 100, true, seconds), T0);
    }

    private static PaymentRequest request(int revision, long due, boolean payable, long seconds) {
        return new PaymentRequest(
                ID,
                revision,
                "AB12-CDEFGH",
                "mlsys-2026",
                "MLSys 2026",
                usd(due),
                payable,
                seconds,
                T0.plusSeconds(seconds),
                PaymentRequest.Method.CARD,
                List.of(),
                usd(0),
                usd(0),
                new PaymentRequest.Buyer("Ada Lovelace", null, null, null, null),
                "en");
    }

    private static Act wanted() {
        return new Act.SessionWanted(SESSION, "sandbox", DUE, T0);
    }

    private static Act opened() {
        return new Act.SessionOpened(SESSION, "cs_1", URI.create("http://x"));
    }

    private static Act arrived(String payment) {
        return new Act.MoneyArrived(SESSION, "sandbox", payment, DUE, T0);
    }

    private static Money usd(long amount) {
        return new Money(amount, "USD");
    }
}
