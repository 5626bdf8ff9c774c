package org.openingminute.notification.composition;

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

/** What one mail says. */
record Composition(
        Localizer words,
        RegistrationSnapshot registration,
        @Nullable PaymentSnapshot payment,
        Conference conference) {

    MailContent of(DueMail owed, Links links, Optional<OwnWording> own) {
        String kind = owed.kind().code();
        OrderSummary particulars = new OrderSummary(words, registration, conference);
        return new MailContent(
                words.language(),
                own.map(wording -> wording.subject(placeholder -> value(placeholder, owed)))
                        .orElseGet(() -> SingleLine.of(
                                words.say(kind + ".subject", conferenceName(), registration.reference(), seats()))),
                words.say("greeting", SingleLine.of(registration.contact().name())),
                own.map(wording -> inTheirWords(wording, owed))
                        .orElseGet(() -> paragraphs(owed).toList()),
                new Action(words.say(actionOf(owed.kind())), links.registration()),
                documents(owed.kind(), links).toList(),
                particulars.facts(),
                words.say("order"),
                particulars.order(),
                notes());
    }

    /**
     * Their words stand for our first paragraph. Those that follow depend on the state and stay ours, and so does the first
     * where it says more than this kind of mail does otherwise.
     */
    private List<String> inTheirWords(OwnWording own, DueMail owed) {
        return Stream.concat(
                        own.paragraphs(placeholder -> value(placeholder, owed)).stream(),
                        paragraphs(owed).skip(isOrdinary(owed) ? 1 : 0))
                .toList();
    }

    private boolean isOrdinary(DueMail owed) {
        return switch (owed.kind()) {
            case PAY_NOW -> !registration.isPaidByInvoice();
            case CANCELLED -> !registration.wasDisputeLost();
            case LATE_PAYMENT_REFUNDED -> !registration.reason().is(ReasonCode.AMOUNT_WRONG);
            case REFUND_MADE -> !refund(owed.about()).isByTransfer();
            case CONFIRMATION,
                    PAYMENT_FAILED,
                    EXPIRED,
                    PROOF_WANTED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    LINK -> true;
        };
    }

    private String value(Placeholder placeholder, DueMail owed) {
        return switch (placeholder) {
            case CONFERENCE -> conferenceName();
            case REFERENCE -> registration.reference();
            case NAME -> SingleLine.of(registration.contact().name());
            case SEATS -> Integer.toString(seats());
            case TOTAL -> total();
            case DEADLINE -> heldUntil();
            case AMOUNT -> amount(owed);
        };
    }

    private String amount(DueMail owed) {
        return switch (owed.kind()) {
            case LATE_PAYMENT_REFUNDED -> cameLate();
            case REFUND_MADE -> words.money(refund(owed.about()).amount());
            case PAYMENT_DISPUTED, DISPUTE_SETTLED -> disputed(owed.about());
            case PAY_NOW,
                    CONFIRMATION,
                    PAYMENT_FAILED,
                    EXPIRED,
                    CANCELLED,
                    PROOF_WANTED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    LINK -> total();
        };
    }

    private Stream<String> paragraphs(DueMail owed) {
        return switch (owed.kind()) {
            case PAY_NOW ->
                Stream.of(
                        registration.isPaidByInvoice()
                                ? words.say(
                                        "pay-now.by-invoice", total(), heldUntil(), seats(), registration.reference())
                                : words.say("pay-now.text", total(), heldUntil(), seats()));
            case CONFIRMATION -> Stream.of(words.say("confirmation.text", conferenceName()), paid());
            case PAYMENT_FAILED -> Stream.of(words.say("payment-failed.text", total(), heldUntil(), seats()));
            case EXPIRED -> expired();
            case CANCELLED -> cancelled();
            case LATE_PAYMENT_REFUNDED -> late();
            case REFUND_MADE -> refundMade(refund(owed.about()));
            case PROOF_WANTED -> Stream.of(words.say("proof-wanted.text", heldUntil(), seats()));
            case PROOF_ACCEPTED -> Stream.of(words.say("proof-accepted.text", total(), heldUntil(), seats()));
            case PROOF_REFUSED -> {
                String offered = whatIsOffered();
                yield Stream.of(Stream.of(words.say("proof-refused.text")), reason(), Stream.of(offered))
                        .flatMap(told -> told);
            }
            case PAYMENT_DISPUTED ->
                Stream.of(
                        words.say("payment-disputed.text", disputed(owed.about()), seats()),
                        words.say("payment-disputed.mistake"));
            case DISPUTE_SETTLED ->
                Stream.of(words.say("dispute-settled.text", disputed(owed.about()), seats(), conferenceName()));
            case LINK -> Stream.of(words.say("link.text", conferenceName()), words.say("link.not-you"));
        };
    }

    private String actionOf(MailKind kind) {
        boolean nothingToSee = kind == MailKind.PROOF_REFUSED && registration.holdExpiresAt() == null;
        if (kind == MailKind.PAY_NOW && registration.isPaidByInvoice()) {
            return "registration.action";
        }
        return nothingToSee ? "proof-refused.no-offer-action" : kind.code() + ".action";
    }

    /** Those that are there by now. */
    private Stream<Action> documents(MailKind kind, Links links) {
        return switch (kind) {
            case CONFIRMATION -> Stream.concat(tickets(links), receipt(links));
            case REFUND_MADE, CANCELLED ->
                payment == null || payment.creditNotes().isEmpty()
                        ? Stream.empty()
                        : Stream.of(new Action(words.say("document.credit-note"), links.creditNote()));
            case PAY_NOW ->
                registration.isPaidByInvoice()
                        ? Stream.of(new Action(words.say("document.invoice"), links.invoice()))
                        : Stream.empty();
            case PAYMENT_FAILED,
                    EXPIRED,
                    LATE_PAYMENT_REFUNDED,
                    PROOF_WANTED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    LINK -> Stream.empty();
        };
    }

    private Stream<Action> tickets(Links links) {
        return registration.attendees().stream().flatMap(attendee -> {
            String given = SingleLine.of(attendee.givenName());
            String family = SingleLine.of(attendee.familyName());
            return Stream.of(
                    new Action(words.say("document.ticket", given, family), links.ticket(attendee.id())),
                    new Action(words.say("document.calendar", given, family), links.calendar(attendee.id())));
        });
    }

    private Stream<Action> receipt(Links links) {
        return payment == null || payment.receipt() == null
                ? Stream.empty()
                : Stream.of(new Action(words.say("document.receipt"), links.receipt()));
    }

    private Stream<String> expired() {
        return Stream.of(
                words.say("expired.text", conferenceName(), seats()),
                registration.hasCaptured() ? words.say("expired.given-back") : nothingCharged(),
                words.say("expired.later", seats()));
    }

    /** What was transferred and is less than was due is nothing that was captured, and goes back. */
    private String nothingCharged() {
        Optional<Money> parts = payment == null ? Optional.empty() : payment.surplus();
        if (parts.isPresent()) {
            return words.say("surplus-back", words.money(parts.get()));
        }
        return words.say(registration.isPaidByInvoice() ? "nothing-charged.by-invoice" : "nothing-charged");
    }

    private Stream<String> cancelled() {
        if (registration.wasDisputeLost()) {
            return Stream.concat(
                    Stream.of(words.say("cancelled.dispute-lost", conferenceName(), seats(), lost())),
                    paidBackBefore());
        }
        Stream<String> refund = Stream.of(refundOfCancellation());
        return Stream.of(
                        Stream.of(words.say("cancelled.text", conferenceName(), seats())),
                        reason(),
                        refund,
                        byHand(payment != null && payment.hasTransfers() && isSomethingToCome()))
                .flatMap(told -> told);
    }

    private Stream<String> late() {
        boolean wrongAmount = registration.reason().is(ReasonCode.AMOUNT_WRONG);
        boolean byTransfer = payment != null && payment.hasTransfers();
        return Stream.concat(
                Stream.of(words.say(
                        wrongAmount ? "late-payment-refunded.wrong-amount" : "late-payment-refunded.text",
                        cameLate(),
                        seats())),
                byTransfer ? byHand(true) : Stream.of(words.say("refund.patience")));
    }

    private Stream<String> refundMade(PaymentSnapshot.ReportedRefund refund) {
        String amount = words.money(refund.amount());
        return Stream.of(
                        Stream.of(words.say(
                                refund.isByTransfer() ? "refund-made.by-transfer" : "refund-made.text", amount)),
                        whyRefunded(refund),
                        refund.isByTransfer() ? Stream.<String>empty() : Stream.of(words.say("refund.patience")))
                .flatMap(told -> told);
    }

    /** Where it was not asked for, and not the cancellation's. */
    private Stream<String> whyRefunded(PaymentSnapshot.ReportedRefund refund) {
        if (refund.isSurplus()) {
            boolean stays = registration.status() == RegistrationStatus.CONFIRMED;
            return Stream.of(words.say(stays ? "refund-made.surplus-confirmed" : "refund-made.surplus"));
        }
        @Nullable ReasonCode why = registration.reason().code();
        return why != null && why.isAboutMoney()
                ? Stream.of(words.say("refund-why." + why.wireName()))
                : Stream.empty();
    }

    private Stream<String> byHand(boolean said) {
        return said ? Stream.of(words.say("refund.by-hand")) : Stream.empty();
    }

    private String whatIsOffered() {
        RegistrationSnapshot.@Nullable Offer offer = registration.offer();
        if (registration.holdExpiresAt() == null) {
            return words.say("proof-refused.no-offer", seats());
        }
        return offer == null
                ? words.say("proof-refused.offer", heldUntil(), seats())
                : words.say("proof-refused.offer-for", heldUntil(), seats(), words.money(offer.total()));
    }

    /** One for each attendee. */
    private int seats() {
        return registration.attendees().size();
    }

    private String conferenceName() {
        return SingleLine.of(conference.name());
    }

    private String total() {
        return words.money(registration.total());
    }

    private String heldUntil() {
        return registration.holdExpiresAt() == null
                ? words.say("no-deadline")
                : words.instant(registration.holdExpiresAt(), conference.zone());
    }

    /** What was kept is what was due: another amount was given back, and so was what came twice. */
    private String paid() {
        @Nullable Money captured = registration.captured();
        if (captured != null && captured.isPositive()) {
            return words.say("paid", words.money(smaller(captured, registration.total())));
        }
        return words.say(registration.total().isPositive() ? "paid-otherwise" : "nothing-to-pay");
    }

    private static Money smaller(Money one, Money other) {
        return one.amount() <= other.amount() ? one : other;
    }

    private Stream<String> reason() {
        @Nullable String reason = registration.reason().isAboutMoney() ? null : inWords(registration.reason());
        return reason == null || reason.isBlank()
                ? Stream.empty()
                : Stream.of(words.say("reason", SingleLine.of(reason)));
    }

    /** An organiser's own words, else ours; what this version does not know is told as it was written. */
    private @Nullable String inWords(RegistrationSnapshot.Reason reason) {
        if (reason.note() != null) {
            return reason.note();
        }
        return reason.code() == null || reason.is(ReasonCode.UNKNOWN)
                ? reason.text()
                : words.say("reason." + reason.code().wireName());
    }

    /**
     * What is paid back in all, and how much of it was by now: an earlier refund of a part is not the cancellation's, but
     * nobody reads what is true of the one as said of the other.
     */
    private String refundOfCancellation() {
        @Nullable Money planned = registration.refundPlanned();
        @Nullable Money captured = registration.captured();
        if (planned == null || !planned.isPositive() || captured == null) {
            return registration.hasCaptured() ? words.say("cancelled.no-refund") : nothingCharged();
        }
        long paidBack = paidBack();
        if (paidBack == 0) {
            return words.say("cancelled.refund", words.money(planned));
        }
        Money done = new Money(paidBack, planned.currency());
        return paidBack < planned.amount()
                ? words.say("cancelled.refund-in-parts", words.money(planned), words.money(captured), words.money(done))
                : words.say("cancelled.refund-done", words.money(done), words.money(captured));
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
                : Stream.of(words.say(
                        "cancelled.refund-done",
                        words.money(new Money(paidBack(), captured.currency())),
                        words.money(captured)));
    }

    /** The newest money; what came before it, as another amount than was due, was given back before. */
    private String cameLate() {
        if (payment != null && payment.captures().size() > 1) {
            return words.money(payment.captures().getLast().amount());
        }
        return registration.givenBack().map(words::money).orElseGet(this::total);
    }

    private PaymentSnapshot.ReportedRefund refund(String id) {
        return known().refund(UUID.fromString(id));
    }

    private String disputed(String id) {
        return words.money(known().dispute(UUID.fromString(id)).amount());
    }

    private PaymentSnapshot known() {
        if (payment == null) {
            throw new IllegalArgumentException("no payment was heard of");
        }
        return payment;
    }

    /** What the bank took back; where that was not heard of, the whole price. */
    private String lost() {
        List<Money> lost = payment == null
                ? List.of()
                : payment.disputes().stream()
                        .filter(dispute -> dispute.state() == PaymentSnapshot.DisputeStatus.LOST)
                        .map(PaymentSnapshot.ReportedDispute::amount)
                        .toList();
        return lost.isEmpty()
                ? total()
                : words.money(new Money(
                        lost.stream().mapToLong(Money::amount).sum(),
                        lost.getFirst().currency()));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add(words.say("note.link"));
        if (conference.sample()) {
            notes.add(words.say("note.sample"));
        }
        return notes;
    }
}
