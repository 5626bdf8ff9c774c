package org.openingminute.payment.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.provider.ProviderException.CallRejected;
import org.openingminute.payment.provider.ProviderException.KeySpent;
import org.openingminute.payment.provider.ProviderException.ProviderUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates Stripe's errors. Only the known refusals of an order or a refund count as refusals ({@link StripeCall});
 * any other error of class 4xx is a {@link CallRejected}, except 429, and the rest is an outage. Both are tried again.
 *
 * <p>Errors are recognised by their names in https://docs.stripe.com/error-handling and
 * https://docs.stripe.com/error-codes. The log gets their codes and Stripe's request id, but not their messages, which
 * may repeat our data.
 */
final class StripeErrors {

    private static final Logger log = LoggerFactory.getLogger(StripeErrors.class);

    /** Codes for an object, named by Stripe itself, that belongs to another account or mode than the key. */
    private static final Set<String> OF_ANOTHER_KEY = Set.of(
            "resource_missing", "livemode_mismatch", "testmode_charges_only", "account_invalid", "secret_key_required");

    /** Errors of our configuration do not pass while the process runs, so each is logged only once. */
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /**
     * Translates an exception.
     *
     * @return {@link ProviderUnavailable}, {@link CallRejected}, {@link StripeRefusal}, {@link KeySpent}, or {@link IllegalStateException}
     *     if a refund's key was used for another refund, which is a bug of ours
     */
    RuntimeException of(StripeException e, StripeCall call) {
        return switch (e) {
            case ApiConnectionException away ->
                new ProviderUnavailable("Stripe cannot be reached: " + kind(away.getCause()));
            // Stripe also throws this if the key lacks a permission.
            case AuthenticationException ours -> configuration(ours);
            case IdempotencyException twice ->
                // The order differs from the first one with this key, for instance after a new release of ours, and the
                // response to the first was never received.
                call == StripeCall.OPEN
                        ? new KeySpent(named(twice))
                        : new IllegalStateException(
                                "Stripe knows this key from another order, see its request " + twice.getRequestId());
            case RateLimitException much -> ProviderUnavailable.forLonger(named(much));
            case InvalidRequestException other
            when other.getCode() != null && OF_ANOTHER_KEY.contains(other.getCode()) -> configuration(other);
            case InvalidRequestException no -> no(no, no.getParam(), call);
            case CardException no -> no(no, no.getParam(), call);
            default -> isReplayed(e) ? new KeySpent(named(e)) : other(e);
        };
    }

    /** Covers 5xx, a response that is not Stripe's, and 409 while another call with the same key is in progress. */
    private static ProviderUnavailable other(StripeException e) {
        boolean isNo = e.getStripeError() != null && e.getStatusCode() != null && e.getStatusCode() / 100 == 4;
        return isNo ? CallRejected.forNow(named(e)) : new ProviderUnavailable(named(e));
    }

    private RuntimeException no(StripeException e, @Nullable String parameter, StripeCall call) {
        @Nullable String reason = call.refusal(e, parameter);
        if (reason != null) {
            return new StripeRefusal(reason, named(e));
        }
        if (logged.add(call + " " + e.getCode() + " " + parameter)) {
            log.error(
                    "Stripe failed a call ({}, parameter {}) for a reason other than the order, retrying: {}",
                    call,
                    parameter,
                    named(e));
        }
        return isReplayed(e) ? new KeySpent(named(e)) : new CallRejected(named(e));
    }

    /**
     * Whether the response is a repeated one. Once Stripe has begun to execute an order, it saves the outcome for the key, errors included,
     * and repeats it for a day (https://docs.stripe.com/api/idempotent_requests).
     */
    private static boolean isReplayed(StripeException e) {
        return e.getStripeError() != null
                && e.getStripeError().getLastResponse() != null
                && e.getStripeError()
                        .getLastResponse()
                        .headers()
                        .firstValue("Idempotent-Replayed")
                        .filter("true"::equalsIgnoreCase)
                        .isPresent();
    }

    private CallRejected configuration(StripeException e) {
        if (logged.add(e.getStatusCode() + " " + e.getCode())) {
            log.error("Stripe does not accept our key for a call, and will not until that is fixed: {}", named(e));
        }
        return new CallRejected(named(e));
    }

    private static String named(StripeException e) {
        return "Stripe answers %s (%s, code %s, request %s)"
                .formatted(e.getStatusCode(), e.getClass().getSimpleName(), e.getCode(), e.getRequestId());
    }

    private static String kind(@Nullable Throwable cause) {
        return cause == null ? "no answer" : cause.getClass().getSimpleName();
    }
}
