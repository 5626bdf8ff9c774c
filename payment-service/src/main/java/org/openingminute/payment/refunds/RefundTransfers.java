package org.openingminute.payment.refunds;

import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.lifecycle.Refund;
import org.openingminute.payment.store.Payments;
import org.openingminute.ui.RequestTime;
import org.springframework.stereotype.Component;

/** Records that staff have transferred a refund. A repetition has the same effect, so no idempotency key is needed. */
@Component
public final class RefundTransfers {

    private static final int LONGEST = 200;

    private final Payments payments;
    private final Clock clock;
    private final RequestTime time;

    RefundTransfers(Payments payments, Clock clock, RequestTime time) {
        this.payments = payments;
        this.clock = clock;
        this.time = time;
    }

    /**
     * Validates the reference of a transfer, as the bank gives it.
     *
     * @throws Problem {@code invalid} if there is none, or if it is not a single line of at most 200 characters
     */
    public static String reference(@Nullable String text) {
        if (text == null || text.isBlank()) {
            throw wrongReference("required");
        }
        if (text.length() > LONGEST) {
            throw wrongReference("too-long");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw wrongReference("not-one-line");
        }
        return text.strip();
    }

    /**
     * Records a transfer.
     *
     * @param payment of a conference for which the person may keep accounts
     * @param reference validated by {@link #reference}
     * @return the completed refund
     * @throws Problem {@code not-found} if the payment has no such refund; {@code not-allowed-now} if the provider makes the refund, if it
     *     has failed, or if another reference is recorded
     */
    public Refund note(Payment payment, UUID id, String reference, Person person) {
        Refund refund = refund(payment, id);
        if (!payment.isByTransfer(refund)) {
            throw notNow("The provider refunds this itself.").because("refund-by-provider");
        }
        Refund now = refund.state() == Refund.RefundState.PENDING
                ? refund(
                        payments.apply(
                                        payment.registration(),
                                        new PaymentTrigger.RefundTransferred(
                                                id,
                                                reference,
                                                person,
                                                clock.instant(),
                                                time.fromRequest().orElse(null)))
                                .after(),
                        id)
                : refund;
        if (now.state() == Refund.RefundState.FAILED) {
            throw notNow("It has failed: order the refund again.").because("refund-failed");
        }
        String noted = Objects.requireNonNullElse(now.providerRefund(), "");
        if (!reference.equals(noted)) {
            throw notNow("It is already recorded with another reference: " + noted)
                    .because("refund-transferred-already", noted);
        }
        return now;
    }

    private static Refund refund(Payment payment, UUID id) {
        return payment.refunds().stream()
                .filter(refund -> refund.id().equals(id))
                .findFirst()
                .orElseThrow(RefundTransfers::unknown);
    }

    private static Problem wrongReference(String code) {
        return Problem.invalid("reference", code, "is required, one line of {} characters at most", LONGEST);
    }

    /** Returns the refusal for an unknown refund or payment. */
    static Problem unknown() {
        return new Problem(CommonProblem.NOT_FOUND, "There is no such refund.");
    }

    private static Problem notNow(String why) {
        return new Problem(CommonProblem.NOT_ALLOWED_NOW, why);
    }
}
