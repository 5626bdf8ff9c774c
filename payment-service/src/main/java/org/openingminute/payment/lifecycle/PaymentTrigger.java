package org.openingminute.payment.lifecycle;

import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.payment.lifecycle.PaymentRequest.ReceivedRequest;

/** Everything that can happen to a payment. Times are machine times unless stated otherwise. */
public sealed interface PaymentTrigger {

    // by command of registration-service

    record Requested(ReceivedRequest request) implements PaymentTrigger {}

    record Closed(String reason) implements PaymentTrigger {}

    record Kept() implements PaymentTrigger {}

    record RefundCommanded(UUID refund, Money amount, String reason, Instant at) implements PaymentTrigger {}

    /**
     * An organiser marked money as received.
     *
     * @param id identifies the money, so that a repetition is recognised
     * @param at when it arrived according to the organiser, in business time
     * @param reference the bank's or the desk's
     */
    record MarkedPaid(UUID id, Money amount, Instant at, String reference) implements PaymentTrigger {}

    /** The contact's links below a generation are no longer valid. */
    record LinksEnded(int contactGeneration) implements PaymentTrigger {}

    // by the payer, or by time

    /** The intent to open a session for the amount due, saved before the provider is called. */
    record SessionWanted(UUID id, String provider, Instant at) implements PaymentTrigger {}

    record SessionOpened(UUID id, String providerSession, URI url) implements PaymentTrigger {}

    /** The time to pay has ended; the rules check this again under the lock. */
    record TimeIsOver() implements PaymentTrigger {}

    /** Captures that have waited too long for an answer at this instant are reported again. */
    record StillUnanswered(Instant at) implements PaymentTrigger {}

    // by the provider

    /**
     * Money arrived at a provider.
     *
     * @param session our session, by the key that the provider was given
     * @param payment the provider's name for it
     */
    record MoneyArrived(UUID session, String provider, String payment, Money amount, Instant at)
            implements PaymentTrigger {}

    record Declined(String provider, String id, String reason, Instant at) implements PaymentTrigger {}

    /** The payer's bank asks the payer to confirm. */
    record Processing(String provider, String id, Instant at) implements PaymentTrigger {}

    /** The session has ended without a payment. */
    record SessionEnded(UUID id) implements PaymentTrigger {}

    /** The provider has accepted a refund and does not know yet whether it will succeed. */
    record RefundAccepted(UUID refund, String providerRefund) implements PaymentTrigger {}

    record RefundDone(UUID refund, String providerRefund, Instant at) implements PaymentTrigger {}

    /**
     * An organiser has transferred a refund of money that came by transfer.
     *
     * @param reference of the transfer
     * @param businessTime as the gateway passed it on; {@code null} if it did not
     */
    record RefundTransferred(
            UUID refund,
            String reference,
            Person organiser,
            Instant at,
            @Nullable Instant businessTime) implements PaymentTrigger {}

    /** A refund was refused, or failed after it was reported as done. */
    record RefundFailed(UUID refund, String reason, Instant at) implements PaymentTrigger {}

    /**
     * A refund that a person made in the provider's own pages, without a command from here.
     *
     * @param failure {@code null} if it is done
     */
    record RefundReported(
            String provider,
            String payment,
            String providerRefund,
            Money amount,
            @Nullable String failure,
            Instant at) implements PaymentTrigger {}

    /**
     * The payer's bank asks about a payment; no money has been withdrawn.
     *
     * @param inquiry the provider's name for it, which stays if it becomes a dispute
     * @param closedAt {@code null} while it is open
     * @param evidenceDueAt until when the bank expects an answer; {@code null} if no deadline is known
     */
    record InquiryReported(
            String provider,
            String inquiry,
            String payment,
            Money amount,
            Instant openedAt,
            @Nullable Instant closedAt,
            @Nullable Instant evidenceDueAt)
            implements PaymentTrigger {}

    /**
     * The payer's bank has taken money back.
     *
     * @param evidenceDueAt until when evidence against it is accepted; {@code null} if no deadline is known
     */
    record DisputeOpened(
            String provider,
            String dispute,
            String payment,
            Money amount,
            Instant at,
            @Nullable Instant evidenceDueAt) implements PaymentTrigger {}

    record DisputeEnded(String provider, String dispute, boolean won, Instant at) implements PaymentTrigger {}
}
