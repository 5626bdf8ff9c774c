package org.openingminute.notification.composition;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.composition.MailContent.Action;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.Money;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.ReasonCode;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationStatus;

/** Builds the content of one mail. */
record Composition(
        Localizer localizer,
        RegistrationSnapshot registration,
        @Nullable PaymentSnapshot payment,
        Conference conference) {

    MailContent of(DueMail due, Links links, Optional<OwnWording> own) {
        String kind = due.kind().code();
        String subject = own.map(wording -> wording.subject(placeholder -> value(placeholder, due)))
                .orElseGet(() -> SingleLine.of(
                        localizer.text(kind + ".subject", conferenceName(), registration.reference(), seats())));
        String greeting = name().isEmpty() ? localizer.text("news.greeting") : localizer.text("greeting", name());
        List<String> paragraphs = own.map(wording -> inOwnWording(wording, due))
                .orElseGet(() -> paragraphs(due).toList());
        if (due.kind() == MailKind.CONTACT_CHANGED) {
            return new MailContent(
                    localizer.language(),
                    subject,
                    greeting,
                    paragraphs,
                    null,
                    List.of(),
                    List.of(),
                    "",
                    List.of(),
                    List.of());
        }
        OrderSummary summary = new OrderSummary(localizer, registration, conference);
        return new MailContent(
                localizer.language(),
                subject,
                greeting,
                paragraphs,
                new Action(localizer.text(actionOf(due.kind())), links.registration()),
                documents(due.kind(), links).toList(),
                summary.facts(),
                localizer.text("order"),
                summary.order(),
                notes());
    }

    /**
     * Returns the paragraphs with an organiser's wording. It replaces our first paragraph, unless that paragraph states more than is usual
     * for the kind of mail. The other paragraphs depend on the state and are always ours.
     */
    private List<String> inOwnWording(OwnWording own, DueMail due) {
        return Stream.concat(
                        own.paragraphs(placeholder -> value(placeholder, due)).stream(),
                        paragraphs(due).skip(isOrdinary(due) ? 1 : 0))
                .toList();
    }

    private boolean isOrdinary(DueMail due) {
        return switch (due.kind()) {
            case PAY_NOW -> !registration.isPaidByInvoice();
            case CANCELLED -> !registration.wasDisputeLost();
            case LATE_PAYMENT_REFUNDED -> !registration.reason().is(ReasonCode.AMOUNT_WRONG);
            case REFUND_MADE -> !refund(due.about()).isByTransfer();
            case PROOF_WANTED -> !isHeldLongerOnceOpened();
            case CONFIRMATION,
                    PAYMENT_FAILED,
                    EXPIRED,
                    REFUND_FAILED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    CONTACT_CHANGED -> true;
            case LINK -> due.isRequested();
        };
    }

    private String value(Placeholder placeholder, DueMail due) {
        return switch (placeholder) {
            case CONFERENCE -> conferenceName();
            case REFERENCE -> registration.reference();
            case NAME -> name().isEmpty() ? localizer.text("name-left-out") : name();
            case SEATS -> Integer.toString(seats());
            case TOTAL -> total();
            case DEADLINE -> deadline();
            case AMOUNT -> amount(due);
        };
    }

    private String name() {
        return OrderSummary.name(registration.contact().name());
    }

    private String amount(DueMail due) {
        return switch (due.kind()) {
            case LATE_PAYMENT_REFUNDED -> cameLate();
            case REFUND_MADE, REFUND_FAILED ->
                localizer.money(refund(due.about()).amount());
            case PAYMENT_DISPUTED, DISPUTE_SETTLED -> disputed(due.about());
            case PAY_NOW,
                    CONFIRMATION,
                    PAYMENT_FAILED,
                    EXPIRED,
                    CANCELLED,
                    PROOF_WANTED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    LINK,
                    CONTACT_CHANGED -> total();
        };
    }

    private Stream<String> paragraphs(DueMail due) {
        return switch (due.kind()) {
            case PAY_NOW ->
                registration.isPaidByInvoice()
                        ? Stream.concat(
                                openFirst(),
                                Stream.of(localizer.text(
                                        openedFirst("pay-now.by-invoice"),
                                        total(),
                                        deadline(),
                                        seats(),
                                        registration.reference())))
                        : Stream.of(localizer.text("pay-now.text", total(), heldUntil(), seats()));
            case CONFIRMATION -> Stream.of(localizer.text("confirmation.text", conferenceName()), paid());
            case PAYMENT_FAILED -> Stream.of(localizer.text("payment-failed.text", total(), heldUntil(), seats()));
            case EXPIRED -> expired();
            case CANCELLED -> cancelled();
            case LATE_PAYMENT_REFUNDED -> late();
            case REFUND_MADE -> refundMade(refund(due.about()));
            case REFUND_FAILED ->
                Stream.of(localizer.text("refund-failed.text", amount(due)), localizer.text("refund-failed.next"));
            case PROOF_WANTED ->
                Stream.concat(
                        openFirst(), Stream.of(localizer.text(openedFirst("proof-wanted.text"), deadline(), seats())));
            case PROOF_ACCEPTED -> Stream.of(localizer.text("proof-accepted.text", total(), heldUntil(), seats()));
            case PROOF_REFUSED -> {
                String offered = whatIsOffered();
                yield Stream.of(Stream.of(localizer.text("proof-refused.text")), reason(), Stream.of(offered))
                        .flatMap(paragraphs -> paragraphs);
            }
            case PAYMENT_DISPUTED ->
                Stream.of(
                        localizer.text("payment-disputed.text", disputed(due.about()), seats()),
                        localizer.text("payment-disputed.mistake"));
            case DISPUTE_SETTLED ->
                Stream.of(localizer.text("dispute-settled.text", disputed(due.about()), seats(), conferenceName()));
            case LINK ->
                due.isRequested()
                        ? Stream.of(localizer.text("link.text", conferenceName()), localizer.text("link.not-you"))
                        : Stream.of(localizer.text("link.new", conferenceName()), localizer.text("link.ended"));
            case CONTACT_CHANGED ->
                Stream.of(
                        localizer.text("contact-changed.text", registration.reference(), conferenceName()),
                        localizer.text("contact-changed.ended"));
        };
    }

    /** Returns a paragraph for registrations whose seats are held no longer than for a card payment until the mailed link is opened. */
    private Stream<String> openFirst() {
        return isHeldLongerOnceOpened()
                ? Stream.of(localizer.text("open-first", seats(), heldUntil(), deadline()))
                : Stream.empty();
    }

    private String openedFirst(String key) {
        return isHeldLongerOnceOpened() ? key + ".opened" : key;
    }

    private boolean isHeldLongerOnceOpened() {
        return registration.holdOnceOpened() != null;
    }

    private String actionOf(MailKind kind) {
        boolean nothingToSee = kind == MailKind.PROOF_REFUSED && registration.holdExpiresAt() == null;
        if (kind == MailKind.PAY_NOW && registration.isPaidByInvoice()) {
            return "registration.action";
        }
        return nothingToSee ? "proof-refused.no-offer-action" : kind.code() + ".action";
    }

    /** Returns links to the documents that exist by now. */
    private Stream<Action> documents(MailKind kind, Links links) {
        return switch (kind) {
            case CONFIRMATION -> Stream.concat(tickets(links), receipt(links));
            case REFUND_FAILED -> receipt(links);
            case REFUND_MADE, CANCELLED ->
                payment == null || payment.creditNotes().isEmpty()
                        ? Stream.empty()
                        : Stream.of(new Action(localizer.text("document.credit-note"), links.creditNote()));
            case PAY_NOW ->
                registration.isPaidByInvoice()
                        ? Stream.of(new Action(localizer.text("document.invoice"), links.invoice()))
                        : Stream.empty();
            case PAYMENT_FAILED,
                    EXPIRED,
                    LATE_PAYMENT_REFUNDED,
                    PROOF_WANTED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    LINK,
                    CONTACT_CHANGED -> Stream.empty();
        };
    }

    private Stream<Action> tickets(Links links) {
        return registration.attendees().stream().flatMap(attendee -> {
            String given = SingleLine.of(attendee.givenName());
            String family = SingleLine.of(attendee.familyName());
            return Stream.of(
                    new Action(localizer.text("document.ticket", given, family), links.ticket(attendee.id())),
                    new Action(localizer.text("document.calendar", given, family), links.calendar(attendee.id())));
        });
    }

    private Stream<Action> receipt(Links links) {
        return payment == null || payment.receipt() == null
                ? Stream.empty()
                : Stream.of(new Action(localizer.text("document.receipt"), links.receipt()));
    }

    private Stream<String> expired() {
        return Stream.of(
                localizer.text("expired.text", conferenceName(), seats()),
                registration.hasCaptured() ? localizer.text("expired.given-back") : nothingCharged(),
                localizer.text("expired.later", seats()));
    }

    /** States that nothing was charged, or that a partial bank transfer, which is not a capture, is refunded. */
    private String nothingCharged() {
        Optional<Money> parts = payment == null ? Optional.empty() : payment.surplus();
        if (parts.isPresent()) {
            return localizer.text("surplus-back", localizer.money(parts.get()));
        }
        return localizer.text(registration.isPaidByInvoice() ? "nothing-charged.by-invoice" : "nothing-charged");
    }

    private Stream<String> cancelled() {
        if (registration.wasDisputeLost()) {
            return Stream.concat(
                    Stream.of(localizer.text("cancelled.dispute-lost", conferenceName(), seats(), lost())),
                    paidBackBefore());
        }
        Stream<String> refund = Stream.of(refundOfCancellation());
        return Stream.of(
                        Stream.of(localizer.text("cancelled.text", conferenceName(), seats())),
                        reason(),
                        refund,
                        byHand(payment != null && payment.hasTransfers() && isSomethingToCome()))
                .flatMap(paragraphs -> paragraphs);
    }

    private Stream<String> late() {
        boolean wrongAmount = registration.reason().is(ReasonCode.AMOUNT_WRONG);
        boolean byTransfer = payment != null && payment.hasTransfers();
        return Stream.concat(
                Stream.of(localizer.text(
                        wrongAmount ? "late-payment-refunded.wrong-amount" : "late-payment-refunded.text",
                        cameLate(),
                        seats())),
                byTransfer ? byHand(true) : Stream.of(localizer.text("refund.patience")));
    }

    private Stream<String> refundMade(PaymentSnapshot.ReportedRefund refund) {
        String amount = localizer.money(refund.amount());
        return Stream.of(
                        Stream.of(localizer.text(refundMadeText(refund), amount)),
                        whyRefunded(refund),
                        refund.isByTransfer() ? Stream.<String>empty() : Stream.of(localizer.text("refund.patience")))
                .flatMap(paragraphs -> paragraphs);
    }

    private String refundMadeText(PaymentSnapshot.ReportedRefund refund) {
        if (!refund.isByTransfer()) {
            return "refund-made.text";
        }
        return registration.isSoldAtDesk() ? "refund-made.at-desk" : "refund-made.by-transfer";
    }

    /** States the reason of a refund that nobody requested and that belongs to no cancellation. */
    private Stream<String> whyRefunded(PaymentSnapshot.ReportedRefund refund) {
        if (refund.isSurplus()) {
            boolean stays = registration.status() == RegistrationStatus.CONFIRMED;
            return Stream.of(localizer.text(stays ? "refund-made.surplus-confirmed" : "refund-made.surplus"));
        }
        @Nullable ReasonCode why = registration.reason().code();
        return why != null && why.isAboutMoney()
                ? Stream.of(localizer.text("refund-why." + why.wireName()))
                : Stream.empty();
    }

    private Stream<String> byHand(boolean shown) {
        return shown
                ? Stream.of(localizer.text(registration.isSoldAtDesk() ? "refund.at-desk" : "refund.by-hand"))
                : Stream.empty();
    }

    private String whatIsOffered() {
        RegistrationSnapshot.@Nullable ReportedOffer offer = registration.offer();
        if (registration.holdExpiresAt() == null) {
            return localizer.text("proof-refused.no-offer", seats());
        }
        return offer == null
                ? localizer.text("proof-refused.offer", heldUntil(), seats())
                : localizer.text("proof-refused.offer-for", heldUntil(), seats(), localizer.money(offer.total()));
    }

    /** Returns the number of seats, one per attendee. */
    private int seats() {
        return registration.attendees().size();
    }

    private String conferenceName() {
        return SingleLine.of(conference.name());
    }

    private String total() {
        return localizer.money(registration.total());
    }

    private String heldUntil() {
        return instant(registration.holdExpiresAt());
    }

    /** Returns the deadline that applies once the mailed link is opened. */
    private String deadline() {
        return isHeldLongerOnceOpened() ? instant(registration.holdOnceOpened()) : heldUntil();
    }

    private String instant(@Nullable Instant at) {
        return at == null ? localizer.text("no-deadline") : localizer.instant(at, conference.zone());
    }

    /** Returns the amount that was kept: at most the amount due, because any excess was refunded. */
    private String paid() {
        @Nullable Money captured = registration.captured();
        if (captured != null && captured.isPositive()) {
            return localizer.text("paid", localizer.money(smaller(captured, registration.total())));
        }
        return localizer.text(registration.total().isPositive() ? "paid-otherwise" : "nothing-to-pay");
    }

    private static Money smaller(Money one, Money other) {
        return one.amount() <= other.amount() ? one : other;
    }

    private Stream<String> reason() {
        @Nullable String reason = registration.reason().isAboutMoney() ? null : reasonText(registration.reason());
        return reason == null || reason.isBlank()
                ? Stream.empty()
                : Stream.of(localizer.text("reason", SingleLine.of(reason)));
    }

    /**
     * Returns the text of a reason: the organiser's own words, else our text; a reason unknown to this version is shown as it was written.
     */
    private @Nullable String reasonText(RegistrationSnapshot.Reason reason) {
        if (reason.note() != null) {
            return reason.note();
        }
        return reason.code() == null || reason.is(ReasonCode.UNKNOWN)
                ? reason.text()
                : localizer.text("reason." + reason.code().wireName());
    }

    /**
     * States the sum to be refunded and the part refunded by now. That part may stem from an earlier refund; the text is true in both
     * cases.
     */
    private String refundOfCancellation() {
        @Nullable Money planned = registration.refundPlanned();
        @Nullable Money captured = registration.captured();
        if (planned == null || !planned.isPositive() || captured == null) {
            return registration.hasCaptured() ? localizer.text("cancelled.no-refund") : nothingCharged();
        }
        long paidBack = paidBack();
        if (paidBack == 0) {
            return localizer.text("cancelled.refund", localizer.money(planned));
        }
        Money done = new Money(paidBack, planned.currency());
        return paidBack < planned.amount()
                ? localizer.text(
                        "cancelled.refund-in-parts",
                        localizer.money(planned),
                        localizer.money(captured),
                        localizer.money(done))
                : localizer.text("cancelled.refund-done", localizer.money(done), localizer.money(captured));
    }

    private boolean isSomethingToCome() {
        @Nullable Money planned = registration.refundPlanned();
        return planned != null && paidBack() < planned.amount();
    }

    private long paidBack() {
        return payment == null ? 0 : payment.paidBack();
    }

    private Stream<String> paidBackBefore() {
        @Nullable Money captured = registration.captured();
        return paidBack() == 0 || captured == null
                ? Stream.empty()
                : Stream.of(localizer.text(
                        "cancelled.refund-done",
                        localizer.money(new Money(paidBack(), captured.currency())),
                        localizer.money(captured)));
    }

    /** Returns the newest capture. Earlier ones differed from the amount due and were refunded before. */
    private String cameLate() {
        if (payment != null && payment.captures().size() > 1) {
            return localizer.money(payment.captures().getLast().amount());
        }
        return registration.givenBack().map(localizer::money).orElseGet(this::total);
    }

    private PaymentSnapshot.ReportedRefund refund(String id) {
        return known().refund(UUID.fromString(id));
    }

    private String disputed(String id) {
        return localizer.money(known().dispute(UUID.fromString(id)).amount());
    }

    private PaymentSnapshot known() {
        if (payment == null) {
            throw new IllegalArgumentException("no payment was received");
        }
        return payment;
    }

    /** Returns the amount that the bank withdrew; the whole price if the dispute has not been received yet. */
    private String lost() {
        List<Money> lost = payment == null
                ? List.of()
                : payment.disputes().stream()
                        .filter(dispute -> dispute.state() == PaymentSnapshot.DisputeStatus.LOST)
                        .map(PaymentSnapshot.ReportedDispute::amount)
                        .toList();
        return lost.isEmpty()
                ? total()
                : localizer.money(new Money(
                        lost.stream().mapToLong(Money::amount).sum(),
                        lost.getFirst().currency()));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add(localizer.text("note.link"));
        if (conference.sample()) {
            notes.add(localizer.text("note.sample"));
        }
        return notes;
    }
}
