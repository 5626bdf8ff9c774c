package org.openingminute.registration.decision;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Effect;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Registration.Contact;
import org.openingminute.registration.lifecycle.RegistrationView;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.lifecycle.TicketSigner.Ticket;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.Pricing.Quote;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages that this service writes, in the form of {@code contracts/}. Pure. */
final class Messages {

    static final String REGISTRATION_EVENTS = "registration.events.v1";
    static final String CONFERENCE_DEFINITIONS = "conference.definitions.v1";
    static final String PAYMENT_COMMANDS = "payment.commands.v1";

    private Messages() {}

    record RegistrationBody(
            UUID id,
            String reference,
            String conference,
            Status status,
            long revision,
            Contact contact,
            int contactGeneration,
            List<Registration.FormerContact> formerContacts,
            List<AttendeeBody> attendees,
            Money total,
            Money discount,
            Money tax,
            List<Quote.PriceLine> lines,
            String phase,
            Registration.PaymentMethod paymentMethod,
            @Nullable Instant holdExpiresAt,
            Instant createdAt,
            Instant changedAt,
            Money captured,
            Money refunded,
            @Nullable String reason,
            @Nullable ReasonCode reasonCode,
            @Nullable String reasonNote,
            @Nullable Money refundPlanned,
            RegistrationView.@Nullable OfferView offer,
            boolean awaitsOpening,
            @Nullable Instant holdOnceOpened) {}

    /**
     * An attendee as other services need it; diet and access needs are not published.
     *
     * @param ticket {@code null} while there is no usable ticket
     */
    record AttendeeBody(
            UUID id,
            String category,
            String givenName,
            String familyName,
            String email,
            @Nullable String affiliation,
            @Nullable String country,
            @Nullable String badgeName,
            List<Attendee.BookedAddOn> addOns,
            int generation,
            Attendee.@Nullable Proof proof,
            @Nullable String ticket) {

        static AttendeeBody of(Registration r, Attendee a, TicketSigner signer) {
            return new AttendeeBody(
                    a.id(),
                    a.category(),
                    a.givenName(),
                    a.familyName(),
                    a.email(),
                    a.affiliation(),
                    a.country(),
                    a.badgeName(),
                    a.addOns(),
                    a.generation(),
                    a.proof(),
                    r.hasTickets() ? signer.sign(new Ticket(r.conference(), a.id(), a.generation())) : null);
        }
    }

    record InvoiceBuyer(
            String name,
            @Nullable String organization,
            @Nullable String taxId,
            @Nullable String address,
            @Nullable String purchaseOrder) {}

    record PaymentRequestBody(
            UUID registration,
            long revision,
            String reference,
            String conference,
            String conferenceName,
            String timeZone,
            Money due,
            boolean payable,
            long payableSeconds,
            @Nullable Instant holdExpiresAt,
            @Nullable Instant holdOnceOpened,
            Instant businessTime,
            Registration.PaymentMethod method,
            List<Quote.PriceLine> lines,
            Money tax,
            Money discount,
            InvoiceBuyer buyer,
            String locale) {}

    static OutgoingMessage event(Effect.EventType type, Registration r, TicketSigner signer) {
        return new OutgoingMessage(
                REGISTRATION_EVENTS,
                r.id().toString(),
                type.wireName(),
                r.revision(),
                new RegistrationBody(
                        r.id(),
                        r.reference(),
                        r.conference(),
                        r.status(),
                        r.revision(),
                        r.contact(),
                        r.contactLinks().generation(),
                        r.contactLinks().formerContacts(),
                        r.attendees().stream()
                                .map(a -> AttendeeBody.of(r, a, signer))
                                .toList(),
                        r.total(),
                        r.price().discount(),
                        r.price().tax(),
                        r.price().lines(),
                        r.price().phase(),
                        r.paymentMethod(),
                        r.hold().expiresAt(),
                        r.createdAt(),
                        r.changedAt(),
                        r.money().captured(),
                        r.money().refunded(),
                        r.reason().text(),
                        r.reason().code(),
                        r.reason().note(),
                        refundPlanned(r),
                        RegistrationView.OfferView.of(r.offer()),
                        r.awaitsOpening(),
                        r.hold().onceOpened()));
    }

    static OutgoingMessage request(Registration r, Conference conference, Instant now) {
        @Nullable Instant end = r.hold().expiresAt();
        Registration.Invoice invoice = r.invoice();
        return new OutgoingMessage(
                PAYMENT_COMMANDS,
                r.id().toString(),
                "payment.request.v1",
                0,
                new PaymentRequestBody(
                        r.id(),
                        r.hold().paymentRevision(),
                        r.reference(),
                        r.conference(),
                        conference.definition().name(),
                        conference.definition().timeZone().getId(),
                        r.total(),
                        r.status() == Status.PENDING_PAYMENT,
                        end == null ? 0 : Math.max(0, Duration.between(now, end).toSeconds()),
                        end,
                        r.hold().onceOpened(),
                        now,
                        r.paymentMethod(),
                        r.price().lines(),
                        r.price().tax(),
                        r.price().discount(),
                        new InvoiceBuyer(
                                r.contact().name(),
                                invoice.organization(),
                                invoice.taxId(),
                                invoice.address(),
                                invoice.purchaseOrder()),
                        r.contact().locale()));
    }

    static OutgoingMessage close(Registration r) {
        return command(
                null,
                r,
                "payment.close.v1",
                Map.of("registration", r.id(), "reason", r.status().wireName()));
    }

    /** The command's id follows from the capture, so that a second decision is the same command. */
    static OutgoingMessage keep(Registration r, UUID capture) {
        UUID id = UUID.nameUUIDFromBytes(("keep " + r.id() + " " + capture).getBytes(StandardCharsets.UTF_8));
        return command(id, r, "payment.keep.v1", Map.of("registration", r.id()));
    }

    static OutgoingMessage refund(Registration r, Registration.Refund refund) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("registration", r.id());
        body.put("refund", refund.id());
        body.put("amount", refund.amount());
        body.put("reason", refund.reason());
        body.put("reasonCode", refund.reasonCode());
        return command(refund.id(), r, "payment.refund.v1", body);
    }

    /** The command's id follows from the transfer, so that a repetition is the same command. */
    static OutgoingMessage markPaid(Registration r, Registration.TransferredSurplus transfer, Instant receivedAt) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("registration", r.id());
        body.put("reference", transfer.reference());
        body.put("amount", transfer.amount());
        body.put("receivedAt", receivedAt);
        return command(transfer.command(), r, "payment.mark-paid.v1", body);
    }

    /** The command's id follows from the generation, so that a repetition is the same command. */
    static OutgoingMessage endLinks(Registration r) {
        int generation = r.contactLinks().generation();
        UUID id = UUID.nameUUIDFromBytes(("end links " + r.id() + " " + generation).getBytes(StandardCharsets.UTF_8));
        return command(id, r, "payment.end-links.v1", Map.of("registration", r.id(), "contactGeneration", generation));
    }

    static OutgoingMessage definition(Conference c) {
        Map<String, @Nullable Object> sale = new LinkedHashMap<>();
        sale.put("state", c.open() ? "open" : "paused");
        sale.put("message", c.saleMessage());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("slug", c.slug());
        body.put("revision", c.revision());
        body.put("definition", withoutVouchers(c.source()));
        body.put("sale", sale);
        return new OutgoingMessage(CONFERENCE_DEFINITIONS, c.slug(), "conference.published.v1", c.revision(), body);
    }

    /** Removes discount codes, which must not reach other services. */
    private static JsonNode withoutVouchers(JsonNode definition) {
        ObjectNode copy = (ObjectNode) definition.deepCopy();
        if (copy.get("registration") instanceof ObjectNode registration) {
            registration.remove("vouchers");
        }
        return copy;
    }

    private static @Nullable Money refundPlanned(Registration r) {
        long planned = r.money().commandedAmount();
        return planned == 0 ? null : new Money(planned, r.total().currency());
    }

    private static OutgoingMessage command(@Nullable UUID id, Registration r, String type, Object body) {
        return new OutgoingMessage(id, PAYMENT_COMMANDS, r.id().toString(), type, 0, body);
    }
}
