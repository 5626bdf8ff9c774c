package org.openingminute.payment.stripe;

import com.stripe.model.Charge;
import com.stripe.model.PaymentIntent;
import com.stripe.model.StripeError;
import com.stripe.model.checkout.Session;
import com.stripe.param.checkout.SessionCreateParams;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.PaymentRequest;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.ProviderException.SessionRefused;
import org.openingminute.payment.provider.ProviderSession;
import org.openingminute.payment.provider.ProviderSession.SessionOrder;

/** Orders sessions and translates Stripe's reports of them. */
final class StripeSessions {

    static final String NAME = "stripe";

    /** The metadata field that identifies our objects. */
    static final String REGISTRATION = "registration";

    static final String ATTEMPT = "attempt";

    private final String publicUrl;

    StripeSessions(String publicUrl) {
        this.publicUrl = publicUrl;
    }

    /**
     * Builds the order of a session.
     *
     * @throws SessionRefused if Stripe cannot express the amount exactly
     */
    SessionCreateParams order(SessionOrder order) {
        PaymentRequest request = order.request();
        long amount = StripeAmounts.toStripe(order.amount()).orElseThrow(() -> new SessionRefused("amount-not-taken"));
        Map<String, String> ours = Map.of(
                REGISTRATION,
                request.registration().toString(),
                ATTEMPT,
                order.key().toString());
        String page = page(request.registration());
        return SessionCreateParams.builder()
                .setMode(SessionCreateParams.Mode.PAYMENT)
                // Only payment methods that settle at once.
                .addPaymentMethodType(SessionCreateParams.PaymentMethodType.CARD)
                .addLineItem(line(request, amount, order.amount().currency()))
                // The amount due has one currency, and refunds must have the same.
                .setAdaptivePricing(SessionCreateParams.AdaptivePricing.builder()
                        .setEnabled(false)
                        .build())
                .setClientReferenceId(request.registration().toString())
                .putAllMetadata(ours)
                .setPaymentIntentData(SessionCreateParams.PaymentIntentData.builder()
                        .setDescription(request.reference())
                        .putAllMetadata(ours)
                        .build())
                .setLocale(locale(request.locale()))
                .setSuccessUrl(page + "?paid=true")
                .setCancelUrl(page)
                // Only a safety net, because we end sessions ourselves. The time counts from when the attempt was
                // saved, because a repeated order must be identical. Stripe accepts it as long as it is at least 30
                // minutes ahead.
                .setExpiresAt(order.requestedAt()
                        .plus(ProviderSession.ENDS_BY_ITSELF_AFTER)
                        .getEpochSecond())
                .build();
    }

    /** Builds a single line for the total; items, discounts and taxes are shown only on our own pages and receipts. */
    private static SessionCreateParams.LineItem line(PaymentRequest request, long amount, String currency) {
        SessionCreateParams.LineItem.PriceData.ProductData product =
                SessionCreateParams.LineItem.PriceData.ProductData.builder()
                        .setName(request.conferenceName() + ", " + request.reference())
                        .build();
        return SessionCreateParams.LineItem.builder()
                .setQuantity(1L)
                .setPriceData(SessionCreateParams.LineItem.PriceData.builder()
                        .setCurrency(currency.toLowerCase(Locale.ROOT))
                        .setUnitAmount(amount)
                        .setProductData(product)
                        .build())
                .build();
    }

    /**
     * Returns the language, without the country if Stripe has no such variant; the browser's language if Stripe does not have the language.
     */
    private static SessionCreateParams.Locale locale(String wanted) {
        String language = Locale.forLanguageTag(wanted).getLanguage();
        return Arrays.stream(SessionCreateParams.Locale.values())
                .filter(one -> one.getValue().equalsIgnoreCase(wanted))
                .findFirst()
                .or(() -> Arrays.stream(SessionCreateParams.Locale.values())
                        .filter(one -> one.getValue().equals(language))
                        .findFirst())
                .orElse(SessionCreateParams.Locale.AUTO);
    }

    /**
     * Translates a session as Stripe reports it. Stripe reports only the last attempt.
     *
     * @param now used where Stripe gives no time
     */
    ProviderSession reported(Session session, Instant now) {
        UUID registration = ours(session, REGISTRATION);
        UUID attempt = ours(session, ATTEMPT);
        // Stripe gives the address only while the session can be paid.
        String address = session.getUrl() == null ? page(registration) : session.getUrl();
        boolean paid = "paid".equals(session.getPaymentStatus());
        boolean over = paid || "expired".equals(session.getStatus());
        List<PaymentTrigger> happened = new ArrayList<>();
        @Nullable PaymentIntent intent = session.getPaymentIntentObject();
        if (paid) {
            happened.add(arrived(session, attempt, now));
        } else if (intent != null) {
            happened.addAll(tried(intent, now));
        }
        return new ProviderSession(session.getId(), attempt, registration, URI.create(address), over, happened);
    }

    /** Translates the capture of a paid session. There is one even if Stripe gives only the payment's name. */
    private static PaymentTrigger arrived(Session session, UUID attempt, Instant now) {
        @Nullable PaymentIntent intent = session.getPaymentIntentObject();
        @Nullable Charge charge = intent == null ? null : intent.getLatestChargeObject();
        if (session.getPaymentIntent() == null) {
            throw new IllegalStateException("Stripe's session " + session.getId() + " is paid but has no payment");
        }
        return new PaymentTrigger.MoneyArrived(
                attempt,
                NAME,
                session.getPaymentIntent(),
                StripeAmounts.fromStripe(session.getAmountTotal(), session.getCurrency()),
                charge == null ? now : Instant.ofEpochSecond(charge.getCreated()));
    }

    private static List<PaymentTrigger> tried(PaymentIntent intent, Instant now) {
        List<PaymentTrigger> attempts = new ArrayList<>();
        @Nullable StripeError error = intent.getLastPaymentError();
        @Nullable Charge charge = intent.getLatestChargeObject();
        boolean chargeFailed = charge != null && "failed".equals(charge.getStatus());
        Instant at = charge != null && chargeFailed ? Instant.ofEpochSecond(charge.getCreated()) : now;
        if (error != null) {
            @Nullable
            String method = error.getPaymentMethod() == null
                    ? null
                    : error.getPaymentMethod().getId();
            attempts.add(new Refusal(error.getCharge(), method, error.getCode(), error.getDeclineCode())
                    .of(intent.getId(), at));
        } else if (charge != null && chargeFailed) {
            attempts.add(new Refusal(charge.getId(), null, charge.getFailureCode(), null).of(intent.getId(), at));
        }
        if ("requires_action".equals(intent.getStatus())) {
            attempts.add(new PaymentTrigger.Processing(NAME, intent.getId(), now));
        }
        return attempts;
    }

    /**
     * Why an attempt failed, in Stripe's codes; https://docs.stripe.com/declines/codes.
     *
     * @param charge Stripe's name for the attempt; {@code null} if the payer did not confirm it
     * @param method the card, which then identifies the attempt, because each attempt has a different one
     */
    record Refusal(
            @Nullable String charge,
            @Nullable String method,
            @Nullable String code,
            @Nullable String declineCode) {

        PaymentTrigger.Declined of(String intent, Instant at) {
            // Never the payment's own name: the money may still arrive under that name.
            String id = charge != null ? charge : method != null ? method : intent + "-declined";
            return new PaymentTrigger.Declined(NAME, id, reason(), at);
        }

        /** Returns the reason in the codes that the other services know. */
        private String reason() {
            if ("payment_intent_authentication_failure".equals(code)) {
                return "not-confirmed";
            }
            return "insufficient_funds".equals(declineCode) || "insufficient_funds".equals(code)
                    ? "insufficient-funds"
                    : "card-declined";
        }
    }

    private String page(UUID registration) {
        return publicUrl + "/registrations/" + registration;
    }

    private static UUID ours(Session session, String name) {
        @Nullable
        String id = session.getMetadata() == null ? null : session.getMetadata().get(name);
        if (id == null) {
            throw new IllegalStateException("Stripe's session " + session.getId() + " is not ours");
        }
        return UUID.fromString(id);
    }
}
