package org.openingminute.payment.stripe;

import com.stripe.exception.StripeException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A kind of call to Stripe, with its possible refusals. Only errors that are known to concern the order itself are refusals; their names
 * are those of https://docs.stripe.com/error-codes. All other errors may concern us, our account or Stripe; they may pass or can be fixed.
 */
enum StripeCall {
    OPEN {
        @Override
        @Nullable
        String refusal(String code, String parameter) {
            return switch (code) {
                case "amount_too_small" -> "amount-too-small";
                case "amount_too_large" -> "amount-too-large";
                // An unknown or unsupported currency has no error code of its own, only the parameter.
                case "" -> isCurrency(parameter) ? "currency-not-taken" : null;
                default -> null;
            };
        }
    },
    /** Ends a session. After any failure, the session's state is read. */
    END {
        @Override
        String refusal(String code, String parameter) {
            return "not-open";
        }
    },
    REFUND {
        @Override
        @Nullable
        String refusal(String code, String parameter) {
            return switch (code) {
                case "charge_disputed", "refund_disputed_payment" -> "disputed";
                case "charge_already_refunded" -> "already-refunded";
                // The amount exceeds the rest; Stripe sometimes reports this without a code.
                case "amount_too_large" -> "more-than-is-left";
                case "" -> parameter.equals("amount") ? "more-than-is-left" : null;
                default -> null;
            };
        }
    },
    ASK {
        @Override
        @Nullable
        String refusal(String code, String parameter) {
            return null;
        }
    };

    /** Returns the refusal's name in {@code docs/interfaces.md}; {@code null} if the error is not a refusal. */
    abstract @Nullable String refusal(String code, String parameter);

    final @Nullable String refusal(StripeException e, @Nullable String parameter) {
        return refusal(Objects.requireNonNullElse(e.getCode(), ""), Objects.requireNonNullElse(parameter, ""));
    }

    private static boolean isCurrency(String parameter) {
        return parameter.equals("currency") || parameter.endsWith("[currency]");
    }
}
