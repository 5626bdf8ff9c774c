package org.openingminute.registration.sale;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Calculates the refund of a cancellation. */
public final class RefundPolicy {

    private RefundPolicy() {}

    /**
     * A refund.
     *
     * @param amount never below 0, nor above the rest of the captured amount
     * @param policy the rule that applied, in a sentence
     */
    public record QuotedRefund(Money amount, String policy) {}

    /**
     * The refund of a cancellation at an instant: the rule's share of the captured amount, less its fee, less earlier refunds.
     * After the last deadline, and without a policy, nothing is refunded.
     *
     * @param policy as it was when the registration was made, by ascending deadline
     * @param captured the whole captured amount
     * @param refundedBefore the sum of earlier refunds, done or on their way
     * @throws IllegalArgumentException if the currencies differ
     */
    public static QuotedRefund refund(List<CancellationRule> policy, Instant at, Money captured, Money refundedBefore) {
        Money left = atLeastZero(captured.minus(refundedBefore));
        Optional<CancellationRule> applies =
                policy.stream().filter(rule -> Phase.counts(rule.until(), at)).findFirst();
        if (applies.isEmpty()) {
            String why = policy.isEmpty()
                    ? "A cancellation gives no refund."
                    : "No refund after " + policy.getLast().until() + ".";
            return new QuotedRefund(Money.zero(captured.currency()), why);
        }
        CancellationRule rule = applies.get();
        Money keeps = new Money(rule.keeps(), captured.currency());
        Money refund = captured.percent(rule.refundPercent()).minus(keeps).minus(refundedBefore);
        return new QuotedRefund(atLeastZero(refund).min(left), sentence(rule, keeps));
    }

    private static String sentence(CancellationRule rule, Money keeps) {
        String until = " until " + rule.until() + ".";
        if (rule.refundPercent().signum() == 0) {
            return "No refund" + until;
        }
        String share = rule.refundPercent().stripTrailingZeros().toPlainString() + " % of what was paid";
        return share + (keeps.amount() == 0 ? "" : ", less " + keeps.inWords() + ",") + until;
    }

    private static Money atLeastZero(Money money) {
        return money.amount() < 0 ? Money.zero(money.currency()) : money;
    }

    /**
     * One step of a cancellation policy.
     *
     * @param until names the last second in which it applies
     * @param refundPercent of the captured amount, 0 to 100
     * @param keeps a fixed fee per registration that is not refunded, in minor units
     */
    public record CancellationRule(Instant until, BigDecimal refundPercent, long keeps) {

        /** @throws IllegalArgumentException if the percentage or the fee is out of range */
        public CancellationRule {
            if (refundPercent.signum() < 0 || refundPercent.compareTo(BigDecimal.valueOf(100)) > 0 || keeps < 0) {
                throw new IllegalArgumentException("not a valid refund rule: " + refundPercent + " %, keeps " + keeps);
            }
        }
    }
}
