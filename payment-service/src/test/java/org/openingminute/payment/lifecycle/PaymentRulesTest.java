package org.openingminute.payment.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.payment.lifecycle.DisputeRules.Dispute;

/** Proves invariants of all rules together, with commands in every order and random triggers. */
class PaymentRulesTest extends PlayedPayment {

    @Test
    void commands_come_to_the_same_in_every_order() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<PaymentTrigger> commands = new ArrayList<>(List.of(
                requested(1, 80_000),
                requested(2, 80_000),
                new PaymentTrigger.Closed("cancelled"),
                new PaymentTrigger.MarkedPaid(new UUID(4, 1), DUE, T0, "BANK-1"),
                new PaymentTrigger.RefundCommanded(new UUID(3, 1), usd(50_000), "policy", T0),
                new PaymentTrigger.RefundCommanded(new UUID(3, 2), usd(30_000), "policy", T0)));
        @Nullable Payment expected = null;
        for (int i = 0; i < 300; i++) {
            Collections.shuffle(commands, random);
            counter.set(0);
            Payment end = after(commands.toArray(PaymentTrigger[]::new));
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

    @Test
    void sequence_is_at_least_the_lowest_of_the_incarnation() {
        Payment payment = after(requested(1, 80_000)).withSequence(7);

        assertThat(payment.withSequenceFrom(7)).isSameAs(payment);
        assertThat(payment.withSequenceFrom(1_000).sequence()).isEqualTo(1_000);
    }

    /** Removes ids that depend on the order of commands, and sorts lists. */
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
                                r.requestedAt(),
                                r.surplus(),
                                null,
                                r.failure(),
                                r.transferredBy(),
                                r.transferredByName(),
                                r.returned()))
                        .toList())
                .withCaptures(payment.captures().stream()
                        .map(c -> new Capture(
                                ID,
                                c.provider(),
                                c.providerPayment(),
                                c.amount(),
                                c.at(),
                                c.surplus(),
                                c.answer(),
                                T0,
                                0))
                        .toList());
    }

    @Test
    void random_histories_balance_the_ledger() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int history = 0; history < 500; history++) {
            Payment payment = Payment.unknown(ID);
            posted.clear();
            for (int step = 0; step < 30; step++) {
                PaymentTrigger trigger = any(random, payment);
                try {
                    payment = next(payment, trigger);
                } catch (NotReady | PermanentFailure refused) {
                    continue;
                }
                assertThat(next(payment, trigger).captures().size())
                        .as("seed %d: the same %s again", seed, trigger)
                        .isEqualTo(payment.captures().size());
                if (payment.request() != null) {
                    long held = payment.captured().amount() - payment.refunded().amount() - lost(payment);
                    assertThat(payment.captured().covers(payment.refunded()))
                            .as("seed %d", seed)
                            .isTrue();
                    assertThat(balance("registrations")).as("seed %d", seed).isEqualTo(held);
                }
                assertThat(payment.sessions().stream()
                                .filter(Session::canCapture)
                                .count())
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    private PaymentTrigger any(Random random, Payment payment) {
        int small = random.nextInt(4);
        return switch (random.nextInt(14)) {
            case 0 -> requested(random.nextInt(1, 6), 80_000);
            case 1 -> random.nextInt(6) == 0 ? new PaymentTrigger.Closed("expired") : new PaymentTrigger.Kept();
            case 2 -> new PaymentTrigger.RefundCommanded(new UUID(3, small), usd(random.nextInt(1, 90_000)), "x", T0);
            case 3 -> new PaymentTrigger.MarkedPaid(new UUID(4, small), DUE, T0, "BANK-1");
            case 4 -> new PaymentTrigger.SessionWanted(new UUID(1, random.nextInt(50)), "sandbox", T0);
            case 5 ->
                new PaymentTrigger.MoneyArrived(new UUID(1, random.nextInt(50)), "sandbox", "pay" + small, DUE, T0);
            case 6 -> new PaymentTrigger.Declined("sandbox", "no" + small, "card-declined", T0);
            case 7 -> new PaymentTrigger.TimeIsOver();
            case 8 -> new PaymentTrigger.StillUnanswered(T0.plusSeconds(20));
            case 9 ->
                new PaymentTrigger.DisputeOpened(
                        "sandbox", "dp" + small, "pay" + small, DUE, T0, random.nextBoolean() ? T0 : null);
            case 10 -> new PaymentTrigger.DisputeEnded("sandbox", "dp" + small, random.nextBoolean(), T0);
            case 11 -> anyRefund(random, payment, true);
            case 12 ->
                new PaymentTrigger.InquiryReported(
                        "sandbox",
                        "dp" + small,
                        "pay" + small,
                        DUE,
                        T0,
                        random.nextBoolean() ? T0 : null,
                        random.nextBoolean() ? T0 : null);
            default -> anyRefund(random, payment, false);
        };
    }

    private static long lost(Payment payment) {
        return payment.disputes().stream()
                .filter(dispute -> payment.isReported(dispute.capture()) && dispute.state() == Dispute.State.LOST)
                .mapToLong(dispute -> dispute.amount().amount())
                .sum();
    }

    private static PaymentTrigger anyRefund(Random random, Payment payment, boolean done) {
        List<Refund> assigned = payment.refunds().stream()
                .filter(refund -> refund.capture() != null)
                .toList();
        UUID id = assigned.isEmpty()
                ? ID
                : assigned.get(random.nextInt(assigned.size())).id();
        return done ? new PaymentTrigger.RefundDone(id, "re", T0) : new PaymentTrigger.RefundFailed(id, "no", T0);
    }
}
