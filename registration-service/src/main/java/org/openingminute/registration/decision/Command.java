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

    /** Whether it goes ahead of requests for seats and is never refused for lack of room. */
    default boolean goesFirst() {
        return true;
    }

    /** A command with an idempotency key: a repeat gets the same result. */
    sealed interface Repeatable extends Command {

        IdempotencyKey key();

        /** Recognises another body under the same key; see {@link RequestHash}. */
        RequestHash requestHash();
    }

    /** A command about an existing registration. */
    sealed interface OnRegistration extends Command {

        UUID registration();
    }

    /** A command about a registration that may be done only as long as that is what its sender has seen. */
    sealed interface AtRevision extends Repeatable, OnRegistration {

        /** The revision that the registration must have; {@code null} for any. */
        @Nullable
        Long ifRevision();
    }

    /**
     * A new registration. The batch decides by the definition that is then in force.
     *
     * @param countedBy by whom the seats count while they are unpaid; {@code null} where limits are off
     * @param prepared what was decided before; {@code null} if nothing was, and then the batch does it
     * @param borne of a waiting room; {@code null} if the request bears none
     */
    record Register(
            String conference,
            IdempotencyKey key,
            RequestHash requestHash,
            RegistrationRequest request,
            Registration.@Nullable CountedBy countedBy,
            @Nullable PreparedOrder prepared,
            @Nullable BorneAdmission borne)
            implements Repeatable {

        /**
         * An admission as a request bears it.
         *
         * @param admission good for one registration
         * @param isNeeded whether its room is on; while it is off a used one refuses nobody
         */
        public record BorneAdmission(Admission admission, boolean isNeeded) {}

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
            return new Register(conference, key, requestHash, request, countedBy, order, borne);
        }

        /** The same, with an admission. */
        public Register admittedBy(@Nullable BorneAdmission by) {
            return new Register(conference, key, requestHash, request, countedBy, prepared, by);
        }

        /** The admission that the request bears; {@code null} for none. */
        public @Nullable Admission admission() {
            return borne == null ? null : borne.admission();
        }

        @Override
        public boolean goesFirst() {
            return false;
        }
    }

    /**
     * Sells seats at the desk: they are confirmed at once.
     *
     * @param order the request and its key, without an admission
     * @param paid what was taken for them; {@code null} for nothing
     */
    record SellAtDesk(Register order, @Nullable PaidAtDesk paid, Person organiser) implements Repeatable {

        /**
         * Money that was taken.
         *
         * @param reference of the desk's own receipt or of the card terminal
         */
        public record PaidAtDesk(String reference, Money amount) {}

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
            @Nullable Person organiser)
            implements Repeatable, OnRegistration {

        public Extend(String conference, UUID registration, IdempotencyKey key, RequestHash requestHash) {
            this(conference, registration, key, requestHash, null);
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
     * Ends the contact's links and has a new one mailed.
     *
     * @param generation the newest that it ends; if that has ended already, nothing is left to do
     * @param organiser who does it; {@code null} for the contact
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
     * An organiser corrects the contact. Links end, as by {@link EndLinks}.
     *
     * @param correction fields that stay are {@code null}; the others have been checked
     * @param mailbox of the address in the correction, as unpaid seats count by it; {@code null} if the address stays
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

    /** The contact has opened a mailed link, and so reads the mailbox. */
    record LinkOpened(String conference, UUID registration) implements OnRegistration {}

    /** The end of a hold may have passed. */
    record HoldEnded(String conference, UUID registration) implements OnRegistration {}

    /** A sold-out limit has seats again; this makes a batch after that commit record the time. */
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
     * @param code of the path; case makes no difference
     * @param body the voucher as it stands in a definition; the batch checks it against the one that is in force
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

    /** The sale is opened or paused. */
    record SetSale(
            String conference,
            IdempotencyKey key,
            RequestHash requestHash,
            boolean open,
            @Nullable String message,
            Person organiser)
            implements Repeatable {}
}
