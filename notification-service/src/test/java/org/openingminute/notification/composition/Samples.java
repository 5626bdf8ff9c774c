package org.openingminute.notification.composition;

import static org.openingminute.notification.projection.States.CONFERENCE;
import static org.openingminute.notification.projection.States.HOLD_EXPIRES_AT;
import static org.openingminute.notification.projection.States.ID;
import static org.openingminute.notification.projection.States.because;
import static org.openingminute.notification.projection.States.byInvoice;
import static org.openingminute.notification.projection.States.paidBy;
import static org.openingminute.notification.projection.States.payment;
import static org.openingminute.notification.projection.States.registration;
import static org.openingminute.notification.projection.States.reviewed;
import static org.openingminute.notification.projection.States.toBeOpened;
import static org.openingminute.notification.projection.States.usd;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.notification.due.DueMail;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.Money;
import org.openingminute.notification.projection.PaymentSnapshot;
import org.openingminute.notification.projection.PaymentSnapshot.DisputeStatus;
import org.openingminute.notification.projection.PaymentSnapshot.RefundStatus;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedCapture;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedDispute;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedDocument;
import org.openingminute.notification.projection.PaymentSnapshot.ReportedRefund;
import org.openingminute.notification.projection.RegistrationProjection;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedAttendee;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedContact;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedOrderLine;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedProof;
import org.openingminute.notification.projection.RegistrationStatus;
import org.openingminute.notification.projection.States;

/** Samples of every mail from one story: two people, one order, 800 dollars. */
public final class Samples {

    private static final UUID FIRST = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8ae");
    private static final UUID SECOND = UUID.fromString("019c1f4b-fe80-704a-80ca-5a1d62ddb8af");
    private static final int ALL = 80_000;

    private static final MailComposer COMPOSER = new MailComposer(
            CompositionConfiguration.templates(),
            CompositionConfiguration.messages(),
            AccessTokens.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
            "https://tickets.example.org",
            OwnWordings.NONE);

    private Samples() {}

    /**
     * A sample.
     *
     * @param when the occasion of the mail
     * @param own the organisers' wording
     */
    public record Sample(
            String name, String when, DueMail due, String locale, RegistrationProjection projection, OwnWordings own) {

        public ComposedMail composed() {
            return COMPOSER.compose(due, projection, CONFERENCE, own);
        }

        @Override
        public String toString() {
            return name + "." + locale;
        }
    }

    public static List<Sample> all() {
        return Stream.of("en", "de").flatMap(Samples::in).toList();
    }

    /** Returns a confirmation with these names of a person and a conference. */
    public static ComposedMail named(String person, String conference) {
        RegistrationSnapshot confirmed = registration(RegistrationStatus.CONFIRMED, ALL, ALL, 0, person, "en");
        Conference named = new Conference(
                CONFERENCE.slug(),
                conference,
                conference,
                CONFERENCE.startsOn(),
                CONFERENCE.endsOn(),
                CONFERENCE.timeZone(),
                person,
                person,
                CONFERENCE.country(),
                CONFERENCE.sample());
        return COMPOSER.compose(
                new DueMail(MailKind.CONFIRMATION, ""),
                new RegistrationProjection(confirmed, paid(false, List.of()), null),
                named);
    }

    private static Stream<Sample> in(String locale) {
        RegistrationSnapshot unpaid = state(RegistrationStatus.PENDING_PAYMENT, 0, 0, locale);
        RegistrationSnapshot review = state(RegistrationStatus.PENDING_REVIEW, 0, 0, locale);
        RegistrationSnapshot rejected = state(RegistrationStatus.REJECTED, 0, 0, locale);
        RegistrationSnapshot confirmed = state(RegistrationStatus.CONFIRMED, ALL, 0, locale);
        RegistrationSnapshot expired = state(RegistrationStatus.EXPIRED, 0, 0, locale);
        RegistrationSnapshot late = because(
                state(RegistrationStatus.EXPIRED, ALL, ALL, locale),
                "the payment came after the hold, and the seats were taken by then");
        RegistrationSnapshot cancelled =
                because(state(RegistrationStatus.CANCELLED, ALL, 40_000, locale), "cancelled by the registrant");
        RegistrationSnapshot.ReportedOffer offer = new RegistrationSnapshot.ReportedOffer(
                List.of(new ReportedOrderLine("Industry", 0, 1, usd(95_000))), usd(0), usd(0), usd(95_000));
        List<ReportedRefund> part =
                List.of(new ReportedRefund(FIRST, usd(30_000), RefundStatus.DONE, States.CHANGED_AT, null, null, null));
        return Stream.of(
                inOwnWording(of(
                        "pay-now-in-own-words",
                        "as pay-now, with the organisers' own words",
                        MailKind.PAY_NOW,
                        unpaid,
                        null)),
                of("pay-now", "seats are held, and nobody has paid for a minute", MailKind.PAY_NOW, unpaid, null),
                of(
                        "pay-now-by-invoice",
                        "seats are held, and are to be paid by bank transfer",
                        MailKind.PAY_NOW,
                        byInvoice(unpaid),
                        null),
                of(
                        "pay-now-by-invoice-to-be-opened",
                        "as pay-now-by-invoice, with seats that are held longer once this mail's link is opened",
                        MailKind.PAY_NOW,
                        toBeOpened(byInvoice(unpaid)),
                        null),
                of(
                        "payment-failed",
                        "a payment was declined while seats are held",
                        MailKind.PAYMENT_FAILED,
                        unpaid,
                        null),
                of(
                        "confirmation",
                        "it is confirmed, and paid",
                        MailKind.CONFIRMATION,
                        confirmed,
                        paid(false, List.of())),
                of(
                        "confirmation-without-receipt",
                        "it is confirmed, and the receipt is not there after ten seconds",
                        MailKind.CONFIRMATION,
                        confirmed,
                        null),
                of(
                        "confirmation-nothing-to-pay",
                        "it is confirmed, and costs nothing",
                        MailKind.CONFIRMATION,
                        priced(registration(RegistrationStatus.CONFIRMED, 0, 0, 0, "Ada Lovelace", locale), usd(0)),
                        null),
                of("expired", "nobody paid in time", MailKind.EXPIRED, expired, null),
                of(
                        "expired-by-invoice",
                        "what was to be transferred did not come in time, or not all of it",
                        MailKind.EXPIRED,
                        byInvoice(expired),
                        null),
                of(
                        "late-payment-refunded",
                        "money came after the hold, and the seats were taken",
                        MailKind.LATE_PAYMENT_REFUNDED,
                        late,
                        paid(false, List.of())),
                of("refund-made", "money was paid back to a card", MailKind.REFUND_MADE, confirmed, paid(false, part)),
                of(
                        "refund-made-by-transfer",
                        "money that came by bank transfer is given back",
                        MailKind.REFUND_MADE,
                        confirmed,
                        paid(
                                true,
                                List.of(new ReportedRefund(
                                        FIRST, usd(30_000), RefundStatus.DONE, States.CHANGED_AT, true, null, null)))),
                of(
                        "refund-made-at-desk",
                        "money that was taken at the desk is given back",
                        MailKind.REFUND_MADE,
                        paidBy("desk", confirmed),
                        paid(
                                true,
                                List.of(new ReportedRefund(
                                        FIRST, usd(30_000), RefundStatus.DONE, States.CHANGED_AT, true, null, null)))),
                of(
                        "refund-made-of-surplus",
                        "more was transferred than was due, and is given back",
                        MailKind.REFUND_MADE,
                        confirmed,
                        paid(
                                true,
                                List.of(new ReportedRefund(
                                        FIRST, usd(2_000), RefundStatus.DONE, States.CHANGED_AT, true, true, null)))),
                of(
                        "refund-failed",
                        "money that was paid back did not reach the payer",
                        MailKind.REFUND_FAILED,
                        confirmed,
                        paid(
                                false,
                                List.of(new ReportedRefund(
                                        FIRST,
                                        usd(30_000),
                                        RefundStatus.FAILED,
                                        States.CHANGED_AT,
                                        null,
                                        null,
                                        true)))),
                of(
                        "expired-in-parts",
                        "a part of what is due was transferred, and not the rest in time",
                        MailKind.EXPIRED,
                        byInvoice(expired),
                        payment(
                                PaymentSnapshot.ReportedStatus.CLOSED,
                                new ReportedRefund(
                                        FIRST,
                                        usd(40_000),
                                        RefundStatus.PENDING,
                                        States.CHANGED_AT,
                                        true,
                                        true,
                                        null))),
                of(
                        "cancelled",
                        "it was cancelled, with a refund by the policy",
                        MailKind.CANCELLED,
                        cancelled,
                        paid(false, List.of())),
                of(
                        "cancelled-without-refund",
                        "it was cancelled when the policy gives nothing back",
                        MailKind.CANCELLED,
                        because(state(RegistrationStatus.CANCELLED, ALL, 0, locale), "cancelled by the registrant"),
                        paid(false, List.of())),
                of(
                        "cancelled-after-a-refund",
                        "it was cancelled after a part had been paid back",
                        MailKind.CANCELLED,
                        because(
                                state(RegistrationStatus.CANCELLED, ALL, 55_000, locale),
                                "cancelled by the registrant"),
                        paid(false, part)),
                of(
                        "cancelled-by-transfer",
                        "it was cancelled, and money that came by bank transfer is given back",
                        MailKind.CANCELLED,
                        cancelled,
                        paid(true, List.of())),
                of(
                        "cancelled-at-desk",
                        "it was cancelled, and money that was taken at the desk is given back",
                        MailKind.CANCELLED,
                        paidBy("desk", cancelled),
                        paid(true, List.of())),
                of(
                        "cancelled-dispute-lost",
                        "the payer's bank took the money back",
                        MailKind.CANCELLED,
                        because(state(RegistrationStatus.CANCELLED, ALL, 0, locale), "the payment was taken back"),
                        disputed(DisputeStatus.LOST)),
                of(
                        "payment-disputed",
                        "the payer's bank asks for the money back",
                        MailKind.PAYMENT_DISPUTED,
                        confirmed,
                        disputed(DisputeStatus.OPEN)),
                of(
                        "dispute-settled",
                        "the payer's bank lets us keep the money",
                        MailKind.DISPUTE_SETTLED,
                        confirmed,
                        disputed(DisputeStatus.WON)),
                of("link", "somebody lost the link, and asks for it", MailKind.LINK, confirmed, null),
                linksTakenBack(confirmed, locale),
                contactCorrected(confirmed, locale),
                of("proof-wanted", "a category needs a proof", MailKind.PROOF_WANTED, review, null),
                of(
                        "proof-wanted-to-be-opened",
                        "as proof-wanted, with seats that are held longer once this mail's link is opened",
                        MailKind.PROOF_WANTED,
                        toBeOpened(review),
                        null),
                of(
                        "proof-accepted",
                        "every proof was accepted, and it has to be paid",
                        MailKind.PROOF_ACCEPTED,
                        reviewed(unpaid, HOLD_EXPIRES_AT, null, ReportedProof.ACCEPTED, ReportedProof.ACCEPTED),
                        null),
                of(
                        "proof-refused",
                        "a proof was refused, and the ordinary price is offered",
                        MailKind.PROOF_REFUSED,
                        reviewed(rejected, HOLD_EXPIRES_AT, offer, ReportedProof.REFUSED),
                        null),
                of(
                        "proof-refused-without-offer",
                        "a proof was refused, and nothing can be offered",
                        MailKind.PROOF_REFUSED,
                        reviewed(rejected, null, null, ReportedProof.REFUSED),
                        null));
    }

    private static Sample of(
            String name, String when, MailKind kind, RegistrationSnapshot state, @Nullable PaymentSnapshot payment) {
        String about = kind.isAboutSomething() ? FIRST.toString() : "";
        String locale = state.contact().locale();
        return new Sample(
                name,
                when,
                new DueMail(kind, about),
                locale == null ? "en" : locale,
                new RegistrationProjection(state, payment, null),
                OwnWordings.NONE);
    }

    private static Sample linksTakenBack(RegistrationSnapshot confirmed, String locale) {
        return new Sample(
                "link-new",
                "links were taken back",
                new DueMail(MailKind.LINK, "1"),
                locale,
                new RegistrationProjection(States.ofGeneration(1, confirmed), null, null),
                OwnWordings.NONE);
    }

    private static Sample contactCorrected(RegistrationSnapshot confirmed, String locale) {
        return new Sample(
                "contact-changed",
                "an organiser has entered another address of the contact; to the former one",
                new DueMail(MailKind.CONTACT_CHANGED, "1"),
                locale,
                new RegistrationProjection(
                        States.correctedTo(new ReportedContact("Grace Hopper", "grace@example.org", "en"), confirmed),
                        null,
                        null),
                OwnWordings.NONE);
    }

    private static Sample inOwnWording(Sample sample) {
        OwnWording english = new OwnWording("{conference}: your seats are waiting for you ({reference})", """
                We look forward to {seats} of you, {name}!

                Please pay {total} until {deadline}. Questions & wishes: <help@example.org>
                """);
        OwnWording german = new OwnWording("{conference}: Ihre Plätze warten auf Sie ({reference})", """
                Schön, dass Sie zu {seats} kommen, {name}!

                Bitte zahlen Sie {total} bis {deadline}. Fragen & Wünsche: <help@example.org>
                """);
        return new Sample(
                sample.name(),
                sample.when(),
                sample.due(),
                sample.locale(),
                sample.projection(),
                (conference, kind, language) -> Optional.of(language.equals("de") ? german : english));
    }

    private static RegistrationSnapshot state(RegistrationStatus status, long captured, long refund, String locale) {
        return priced(registration(status, ALL, captured, refund, "Ada Lovelace", locale), usd(ALL));
    }

    /** Sets the total and lines that add up to it. */
    private static RegistrationSnapshot priced(RegistrationSnapshot state, Money total) {
        boolean free = !total.isPositive();
        return new RegistrationSnapshot(
                state.id(),
                state.reference(),
                state.conference(),
                state.status(),
                state.contact(),
                state.contactGeneration(),
                state.formerContacts(),
                List.of(
                        new ReportedAttendee(FIRST, "Ada", "Lovelace", null),
                        new ReportedAttendee(SECOND, "Grace", "Hopper", null)),
                total,
                free ? usd(0) : usd(10_000),
                usd(0),
                List.of(
                        new ReportedOrderLine(free ? "Volunteer" : "Academic", 0, 1, usd(free ? 0 : 40_000)),
                        new ReportedOrderLine(free ? "Volunteer" : "Academic", 1, 1, usd(free ? 0 : 40_000)),
                        new ReportedOrderLine("Banquet guest", 1, 2, usd(free ? 0 : 10_000))),
                state.holdExpiresAt(),
                state.changedAt(),
                state.captured(),
                state.refunded(),
                state.reason(),
                state.refundPlanned(),
                state.offer(),
                state.paymentMethod(),
                state.awaitsOpening(),
                state.holdOnceOpened());
    }

    private static PaymentSnapshot paid(boolean byTransfer, List<ReportedRefund> refunds) {
        return new PaymentSnapshot(
                ID,
                refunds.isEmpty()
                        ? PaymentSnapshot.ReportedStatus.CAPTURED
                        : PaymentSnapshot.ReportedStatus.PARTLY_REFUNDED,
                List.of(new ReportedCapture(SECOND, usd(ALL), byTransfer)),
                refunds,
                List.of(),
                null,
                new ReportedDocument("2026-000001"),
                refunds.isEmpty() ? List.of() : List.of(new ReportedDocument("C2026-000001")));
    }

    private static PaymentSnapshot disputed(DisputeStatus status) {
        return new PaymentSnapshot(
                ID,
                PaymentSnapshot.ReportedStatus.DISPUTED,
                List.of(new ReportedCapture(SECOND, usd(ALL), null)),
                List.of(),
                List.of(new ReportedDispute(FIRST, usd(ALL), status)),
                null,
                new ReportedDocument("2026-000001"),
                List.of());
    }
}
