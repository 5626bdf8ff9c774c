package org.openingminute.registration.decision;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Admission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.sale.Definition;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.RegistrationRequest;
import tools.jackson.databind.JsonNode;

/** A requested change of a registration or a limit, decided by a batch of its conference. */
public sealed interface Command {

    String conference();

    /** Whether the command goes ahead of requests for seats and is accepted even if the queue is full. */
    default boolean goesFirst() {
        return true;
    }

    /** A command with an idempotency key: a repeat gets the same result. */
    sealed interface Repeatable extends Command {

        IdempotencyKey key();

        /** Tells whether a repeated key comes with another body; see {@link RequestHash}. */
        RequestHash requestHash();
    }

    /** A command about an existing registration. */
    sealed interface OnRegistration extends Command {

        UUID registration();
    }

    /** A command that is only executed if the registration still has the revision that the sender saw. */
    sealed interface AtRevision extends Repeatable, OnRegistration {

        /** The revision that the registration must have; {@code null} for any. */
        @Nullable
        Long ifRevision();
    }

    /**
     * A new registration. The batch decides by the definition in force at that time.
     *
     * @param countedBy the subjects for whom the seats count while unpaid; {@code null} if limits are off
     * @param prepared the part decided in advance; {@code null} if the batch has to decide all of it
     * @param presented the waiting room's admission; {@code null} if the request has none
     */
    record Register(
            String conference,
            IdempotencyKey key,
            RequestHash requestHash,
            RegistrationRequest request,
            Registration.@Nullable CountedBy countedBy,
            @Nullable PreparedOrder prepared,
            @Nullable PresentedAdmission presented)
            implements Repeatable {

        /**
         * A waiting room's admission, as a request presents it.
         *
         * @param admission valid for one registration
         * @param isNeeded whether the room is open; while it is closed, a used admission is not refused
         */
        public record PresentedAdmission(Admission admission, boolean isNeeded) {}

        public Register(
                String conference,
                IdempotencyKey key,
                RequestHash requestHash,
                RegistrationRequest request,
                Registration.@Nullable CountedBy countedBy,
                @Nullable PreparedOrder prepared) {
            this(conference, key, requestHash, request, countedBy, prepared, null);
        }

        public Register(String conference, IdempotencyKey key, RequestHash requestHash, RegistrationRequest request) {
            this(conference, key, requestHash, request, null, null);
        }

        Register prepared(PreparedOrder order) {
            return new Register(conference, key, requestHash, request, countedBy, order, presented);
        }

        /** Returns the same command with an admission. */
        public Register admittedBy(@Nullable PresentedAdmission by) {
            return new Register(conference, key, requestHash, request, countedBy, prepared, by);
        }

        /** Returns the admission of the request; {@code null} for none. */
        public @Nullable Admission admission() {
            return presented == null ? null : presented.admission();
        }

        @Override
        public boolean goesFirst() {
            return false;
        }
    }

    /**
     * Sells seats at the desk, which confirms them at once.
     *
     * @param order the request and its key, without an admission
     * @param paid the payment that was taken; {@code null} for none
     * @param why in the organiser's words; {@code null} for none
     */
    record SellAtDesk(
            Register order,
            @Nullable PaidAtDesk paid,
            Person organiser,
            @Nullable String why) implements Repeatable {

        /**
         * A payment taken at the desk.
         *
         * @param reference of the desk's own receipt or of the card terminal
         */
        public record PaidAtDesk(String reference, Money amount) {}

        public SellAtDesk(Register order, @Nullable PaidAtDesk paid, Person organiser) {
            this(order, paid, organiser, null);
        }

        /** Returns the reason for the audit: the organiser's words or, without any, the payment's reference. */
        @Nullable
        String reason() {
            return why == null && paid != null ? paid.reference() : why;
        }

        @Override
        public String conference() {
            return order.conference();
        }

        @Override
        public IdempotencyKey key() {
            return order.key();
        }

        @Override
        public RequestHash requestHash() {
            return order.requestHash();
        }

        @Override
        public boolean goesFirst() {
            return false;
        }
    }

    /**
     * Extends a hold by five minutes.
     *
     * @param organiser who does it on the registrant's behalf; {@code null} for the registrant
     */
    record Extend(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            @Nullable Person organiser,
            @Nullable Long ifRevision)
            implements AtRevision {

        public Extend(String conference, UUID registration, IdempotencyKey key, RequestHash requestHash) {
            this(conference, registration, key, requestHash, null, null);
        }

        @Override
        public boolean goesFirst() {
            return false;
        }
    }

    /**
     * Cancels a registration.
     *
     * @param expectedRefund the refund that was shown; the command is refused if it has changed
     * @param organiser the organiser who cancels on the conference's behalf, and the terms; {@code null} for the registrant
     */
    record Cancel(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            @Nullable Money expectedRefund,
            @Nullable ByOrganiser organiser,
            @Nullable Long ifRevision)
            implements AtRevision {

        public Cancel(
                String conference,
                UUID registration,
                IdempotencyKey key,
                RequestHash requestHash,
                @Nullable Money expectedRefund,
                @Nullable ByOrganiser organiser) {
            this(conference, registration, key, requestHash, expectedRefund, organiser, null);
        }
    }

    /**
     * An organiser's cancellation.
     *
     * @param note the reason in the organiser's own words; {@code null} if it is done on the registrant's behalf
     * @param refund a fixed sum; {@code null} for all or for the policy
     * @param inFull whether to refund everything, whatever the policy says
     */
    record ByOrganiser(
            Person person,
            @Nullable String note,
            boolean inFull,
            @Nullable Money refund) {}

    /**
     * Invalidates the contact's links and mails a new one.
     *
     * @param generation the newest generation to invalidate; if it is invalid already, the command does nothing
     * @param organiser the organiser who requests it; {@code null} for the contact
     * @param why in the organiser's words
     */
    record EndLinks(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            int generation,
            @Nullable Person organiser,
            @Nullable String why,
            @Nullable Long ifRevision)
            implements AtRevision {

        public EndLinks(
                String conference,
                UUID registration,
                IdempotencyKey key,
                RequestHash requestHash,
                int generation,
                @Nullable Person organiser) {
            this(conference, registration, key, requestHash, generation, organiser, null, null);
        }
    }

    /**
     * An organiser corrects the contact. Links are invalidated as by {@link EndLinks}.
     *
     * @param correction checked; fields that stay unchanged are {@code null}
     * @param mailbox subject of the new address, for counting unpaid seats; {@code null} if the address stays
     * @param why in the organiser's words
     */
    record CorrectContact(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            RegistrationRequest.RequestedContact correction,
            @Nullable UUID mailbox,
            Person organiser,
            String why,
            @Nullable Long ifRevision)
            implements AtRevision {}

    /** An organiser refunds money without cancelling. */
    record OrderRefund(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            Money amount,
            String reason,
            Person organiser,
            @Nullable Long ifRevision)
            implements AtRevision {

        public OrderRefund(
                String conference,
                UUID registration,
                IdempotencyKey key,
                RequestHash requestHash,
                Money amount,
                String reason,
                Person organiser) {
            this(conference, registration, key, requestHash, amount, reason, organiser, null);
        }
    }

    /**
     * An organiser marks a transfer as received.
     *
     * @param reference the transfer's reference, as the bank gives it
     */
    record MarkPaid(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            String reference,
            Money amount,
            Instant receivedAt,
            Person organiser,
            @Nullable Long ifRevision)
            implements AtRevision {

        public MarkPaid(
                String conference,
                UUID registration,
                IdempotencyKey key,
                RequestHash requestHash,
                String reference,
                Money amount,
                Instant receivedAt,
                Person organiser) {
            this(conference, registration, key, requestHash, reference, amount, receivedAt, organiser, null);
        }
    }

    /**
     * A proof of an attendee's category was sent in; its file is already stored.
     *
     * @param organiser who sent it in on the registrant's behalf; {@code null} for the registrant
     */
    record ProofReceived(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            UUID attendee,
            UUID file,
            @Nullable Person organiser)
            implements Repeatable, OnRegistration {

        @Override
        public boolean goesFirst() {
            return false;
        }
    }

    /**
     * An organiser accepts or refuses proofs.
     *
     * @param attendee the attendee whose proof it is; {@code null} for all proofs that are not accepted yet
     * @param reason required for a refusal
     */
    record Review(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            boolean accept,
            @Nullable UUID attendee,
            @Nullable String reason,
            Person organiser,
            @Nullable Long ifRevision)
            implements AtRevision {

        public Review(
                String conference,
                UUID registration,
                IdempotencyKey key,
                RequestHash requestHash,
                boolean accept,
                @Nullable UUID attendee,
                @Nullable String reason,
                Person organiser) {
            this(conference, registration, key, requestHash, accept, attendee, reason, organiser, null);
        }
    }

    /**
     * Accepts the offer that stands after a refused proof.
     *
     * @param organiser who does it on the registrant's behalf; {@code null} for the registrant
     * @param why in the organiser's words; {@code null} for none
     */
    record AcceptOffer(
            String conference,
            UUID registration,
            IdempotencyKey key,
            RequestHash requestHash,
            @Nullable Person organiser,
            @Nullable String why,
            @Nullable Long ifRevision)
            implements AtRevision {

        public AcceptOffer(
                String conference,
                UUID registration,
                IdempotencyKey key,
                RequestHash requestHash,
                @Nullable Person organiser) {
            this(conference, registration, key, requestHash, organiser, null, null);
        }

        @Override
        public boolean goesFirst() {
            return false;
        }
    }

    /** The contact has opened a mailed link, which proves access to the mailbox. */
    record LinkOpened(String conference, UUID registration) implements OnRegistration {}

    /** The end of a hold may have passed. */
    record HoldEnded(String conference, UUID registration) implements OnRegistration {}

    /** A sold-out limit has seats again; this command makes another batch record the time after the commit. */
    record SeatsFreed(String conference) implements Command {}

    /** Republishes the definition and the sale's state unchanged, for readers that have lost them. */
    record Republish(String conference) implements Command {}

    /**
     * The newest state of a payment, as payment-service reported it.
     *
     * @param message the event; the newest one of a payment counts
     * @param snapshot its body
     */
    record PaymentReported(String conference, UUID registration, Message message, PaymentSnapshot snapshot)
            implements OnRegistration {}

    /**
     * Sets the definition of a conference.
     *
     * @param source the body, which {@code GET} returns
     * @param ifRevision the revision that the conference must have; {@code null} for any
     */
    record Define(
            IdempotencyKey key,
            RequestHash requestHash,
            Definition definition,
            JsonNode source,
            @Nullable Long ifRevision,
            Person organiser)
            implements Repeatable {

        @Override
        public String conference() {
            return definition.slug();
        }
    }

    /**
     * Sets one voucher.
     *
     * @param code from the path; case-insensitive
     * @param body the voucher in the form of a definition; the batch checks it against the definition in force
     * @param ifRevision the revision that the conference must have; {@code null} for any
     */
    record SetVoucher(
            String conference,
            IdempotencyKey key,
            RequestHash requestHash,
            String code,
            JsonNode body,
            @Nullable Long ifRevision,
            Person organiser)
            implements Repeatable {}

    /** Removes one voucher; {@code ifRevision} as in {@link SetVoucher}. */
    record RemoveVoucher(
            String conference,
            IdempotencyKey key,
            RequestHash requestHash,
            String code,
            @Nullable Long ifRevision,
            Person organiser)
            implements Repeatable {}

    /** Opens or pauses the sale. */
    record SetSale(
            String conference,
            IdempotencyKey key,
            RequestHash requestHash,
            boolean open,
            @Nullable String message,
            Person organiser)
            implements Repeatable {}
}
