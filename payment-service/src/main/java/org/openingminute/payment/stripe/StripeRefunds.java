package org.openingminute.payment.stripe;

import com.stripe.model.Refund;
import com.stripe.param.RefundCreateParams;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.RefundRequest;
import org.openingminute.payment.provider.RefundResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Orders refunds and translates Stripe's reports of them. */
final class StripeRefunds {

    private static final Logger log = LoggerFactory.getLogger(StripeRefunds.class);

    /** The metadata field with our key. */
    static final String KEY = "refund";

    private final StripeApi api;

    StripeRefunds(StripeApi api) {
        this.api = api;
    }

    RefundResult make(RefundRequest order) {
        OptionalLong amount = StripeAmounts.toStripe(order.amount());
        if (amount.isEmpty()) {
            return new RefundResult.RefundRefused("amount-not-taken");
        }
        RefundCreateParams wanted = RefundCreateParams.builder()
                .setPaymentIntent(order.payment())
                .setAmount(amount.getAsLong())
                .putMetadata(KEY, order.key().toString())
                .build();
        try {
            return answer(api.refund(wanted, order.key().toString()));
        } catch (KeySpent e) {
            log.warn(
                    "Looking up refund {}, which is ordered with another key if it does not exist: {}",
                    order.key(),
                    e.getMessage());
            return madeAfterAll(order, wanted);
        } catch (StripeRefusal e) {
            log.warn("Stripe refused refund {}: {}", order.key(), e.getMessage());
            return new RefundResult.RefundRefused(e.reason());
        }
    }

    /**
     * Handles an error that Stripe has saved for the key. Nothing is in progress any more, and a refund that was made before the error is
     * in Stripe's list. A second key is tried, but no third: if the second ends in the same error, Stripe forgets both within a day.
     */
    private RefundResult madeAfterAll(RefundRequest order, RefundCreateParams wanted) {
        Optional<RefundResult> made = withKey(order);
        if (made.isPresent()) {
            return made.get();
        }
        try {
            return answer(api.refund(wanted, order.key() + "-2"));
        } catch (KeySpent e) {
            throw new CallRejected("both keys of a refund are spent: " + e.getMessage());
        }
    }

    Optional<RefundResult> made(RefundRequest order) {
        return order.name() == null ? withKey(order) : api.refund(order.name()).map(StripeRefunds::answer);
    }

    private Optional<RefundResult> withKey(RefundRequest order) {
        return api.refunds(order.payment()).stream()
                .filter(refund -> refund.getMetadata() != null
                        && order.key().toString().equals(refund.getMetadata().get(KEY)))
                .findFirst()
                .map(StripeRefunds::answer);
    }

    private static RefundResult answer(Refund refund) {
        return switch (refund.getStatus()) {
            case "succeeded" -> new RefundResult.RefundDone(refund.getId());
            case "failed", "canceled" -> new RefundResult.RefundRefused(failure(refund.getFailureReason()));
            // "pending", "requires_action", and any state of a later version.
            case null, default -> new RefundResult.Pending(refund.getId());
        };
    }

    /** Converts Stripe's reason to our spelling. */
    static String failure(@Nullable String reason) {
        return reason == null ? "refused" : reason.replace('_', '-');
    }
}
