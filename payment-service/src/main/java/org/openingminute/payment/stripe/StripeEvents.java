package org.openingminute.payment.stripe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.lifecycle.Money;
import org.openingminute.payment.lifecycle.PaymentTrigger;
import org.openingminute.payment.provider.ProviderEvents;

/** Translates events. An object is ours only if it or its payment has one of our ids in its metadata. */
final class StripeEvents {

    /** Types of events about money that was captured earlier. */
    static final List<String> SINCE_CAPTURE = List.of(
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.closed",
            "refund.created",
            "refund.updated",
            "refund.failed",
            "charge.refund.updated");

    /** Types of events about a completed payment. */
    static final List<String> PAID = List.of("checkout.session.completed", "checkout.session.async_payment_succeeded");

    private static final int CACHED_AT_MOST = 10_000;

    /** Caches registrations by payment: they never change, and the same few are looked up repeatedly. */
    private final Map<String, Optional<UUID>> registrations = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<UUID>> eldest) {
            return size() > CACHED_AT_MOST;
        }
    };

    /**
     * Translates an event to triggers; {@code null} if none concerns us.
     *
     * @param whose finds the registration if the event does not name it and it is not cached
     */
    @Nullable
    ProviderEvents of(StripeEvent event, Function<String, Optional<UUID>> whose) {
        return switch (event.type()) {
            case "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.expired" ->
                session(event);
            case "payment_intent.payment_failed" -> failed(event);
            case "payment_intent.requires_action" ->
                events(
                        event.ours(StripeSessions.REGISTRATION),
                        List.of(new PaymentTrigger.Processing(StripeSessions.NAME, event.required("id"), event.at())));
            case "charge.dispute.created",
                    "charge.dispute.closed",
                    "charge.dispute.funds_withdrawn",
                    "charge.dispute.funds_reinstated" -> dispute(event, whose);
            case "refund.created", "refund.updated", "refund.failed", "charge.refund.updated" -> refund(event, whose);
            default -> null;
        };
    }

    private static @Nullable ProviderEvents session(StripeEvent event) {
        UUID attempt = event.ours(StripeSessions.ATTEMPT).orElse(null);
        boolean paid = "paid".equals(event.text("payment_status"));
        if (attempt == null || (!paid && !"expired".equals(event.text("status")))) {
            return null;
        }
        List<PaymentTrigger> triggers = new ArrayList<>();
        if (paid) {
            triggers.add(new PaymentTrigger.MoneyArrived(
                    attempt,
                    StripeSessions.NAME,
                    Objects.requireNonNull(event.named("payment_intent"), "a paid session has a payment"),
                    StripeAmounts.fromStripe(event.number("amount_total"), event.required("currency")),
                    event.at()));
        }
        triggers.add(new PaymentTrigger.SessionEnded(attempt));
        return events(event.ours(StripeSessions.REGISTRATION), triggers);
    }

    private static @Nullable ProviderEvents failed(StripeEvent event) {
        StripeSessions.Refusal refusal = new StripeSessions.Refusal(
                event.text("last_payment_error", "charge"),
                event.text("last_payment_error", "payment_method", "id"),
                event.text("last_payment_error", "code"),
                event.text("last_payment_error", "decline_code"));
        return events(event.ours(StripeSessions.REGISTRATION), List.of(refusal.of(event.required("id"), event.at())));
    }

    /**
     * Translates a dispute event into everything known about the dispute: it may have ended by now, and its beginning may not have been
     * reported.
     */
    private @Nullable ProviderEvents dispute(StripeEvent event, Function<String, Optional<UUID>> whose) {
        String payment = event.named("payment_intent");
        if (payment == null) {
            return null;
        }
        String dispute = event.required("id");
        Money amount = StripeAmounts.fromStripe(event.number("amount"), event.required("currency"));
        Instant began = Instant.ofEpochSecond(event.number("created"));
        long[] moved = event.amounts("balance_transactions");
        StripeDispute known = StripeDispute.of(
                event.required("status"),
                LongStream.of(moved).anyMatch(one -> one < 0),
                LongStream.of(moved).sum() >= 0);
        // Stripe sends 0 if the bank accepts no evidence.
        @Nullable Instant dueAt = event.instant("evidence_details", "due_by");
        PaymentTrigger opened =
                new PaymentTrigger.DisputeOpened(StripeSessions.NAME, dispute, payment, amount, began, dueAt);
        return events(
                registrationOf(payment, whose),
                switch (known) {
                    case INQUIRY, CLOSED_INQUIRY ->
                        List.of(new PaymentTrigger.InquiryReported(
                                StripeSessions.NAME,
                                dispute,
                                payment,
                                amount,
                                began,
                                known == StripeDispute.CLOSED_INQUIRY ? event.at() : null,
                                dueAt));
                    case OPEN -> List.of(opened);
                    case WON, LOST ->
                        List.of(
                                opened,
                                new PaymentTrigger.DisputeEnded(
                                        StripeSessions.NAME, dispute, known == StripeDispute.WON, event.at()));
                });
    }

    private @Nullable ProviderEvents refund(StripeEvent event, Function<String, Optional<UUID>> whose) {
        String payment = event.named("payment_intent");
        String status = event.required("status");
        boolean done = status.equals("succeeded");
        if (payment == null || !(done || isFailed(status))) {
            return null;
        }
        // If the payment is not ours, stop here: its refund may be in a currency that we do not know.
        return registrationOf(payment, whose)
                .map(registration -> new ProviderEvents(registration, List.of(refundEnded(event, payment, done))))
                .orElse(null);
    }

    /** Translates the end of a refund. A refund without our key was made in Stripe's dashboard. */
    private static PaymentTrigger refundEnded(StripeEvent event, String payment, boolean done) {
        String name = event.required("id");
        String failure = StripeRefunds.failure(event.text("failure_reason"));
        UUID key = event.ours(StripeRefunds.KEY).orElse(null);
        if (key == null) {
            Money amount = StripeAmounts.fromStripe(event.number("amount"), event.required("currency"));
            return new PaymentTrigger.RefundReported(
                    StripeSessions.NAME, payment, name, amount, done ? null : failure, event.at());
        }
        return done
                ? new PaymentTrigger.RefundDone(key, name, event.at())
                : new PaymentTrigger.RefundFailed(key, failure, event.at());
    }

    /** Whether polling has to report an event. The outcome of our own refunds is read by the refund job, unless they fail later. */
    static boolean isPolled(StripeEvent event) {
        return !event.type().contains("refund")
                || event.ours(StripeRefunds.KEY).isEmpty()
                || isFailed(event.required("status"));
    }

    private static boolean isFailed(String status) {
        return status.equals("failed") || status.equals("canceled");
    }

    private static @Nullable ProviderEvents events(Optional<UUID> registration, List<PaymentTrigger> triggers) {
        return registration.map(id -> new ProviderEvents(id, triggers)).orElse(null);
    }

    private Optional<UUID> registrationOf(String payment, Function<String, Optional<UUID>> whose) {
        synchronized (registrations) {
            Optional<UUID> known = registrations.get(payment);
            if (known != null) {
                return known;
            }
        }
        Optional<UUID> registration = whose.apply(payment);
        synchronized (registrations) {
            registrations.put(payment, registration);
        }
        return registration;
    }

    static Optional<UUID> registrationIn(@Nullable Map<String, String> metadata) {
        return metadata == null ? Optional.empty() : StripeEvent.uuid(metadata.get(StripeSessions.REGISTRATION));
    }

    static Optional<UUID> attemptIn(@Nullable Map<String, String> metadata) {
        return metadata == null ? Optional.empty() : StripeEvent.uuid(metadata.get(StripeSessions.ATTEMPT));
    }
}
