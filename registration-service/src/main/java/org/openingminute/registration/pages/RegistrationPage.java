package org.openingminute.registration.pages;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.ReasonCode;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.registrations.TimelineRepository;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.Money;
import org.openingminute.registration.sale.SaleTerms.AddOn;

/**
 * The content of a registration's page.
 *
 * @param returned the query with the instant of the reader's return from paying, kept in each address that leads back here; empty if there
 *     was none
 * @param email the contact's address
 * @param status as in the API, for the style sheet
 * @param next the next steps, the most important first
 * @param payable whether the registration can be paid by card
 * @param again whether the only remaining step is to register again
 * @param proofs the proofs that can be submitted now
 * @param offer the offer after a refused proof
 * @param confirmingSeconds how long the page still waits for the report of a payment; {@code null} if it does not wait
 * @param expecting whether the state will change without an action of the registrant
 * @param invoice the address of the invoice; {@code null} if there is nothing to transfer
 */
record RegistrationPage(
        String path,
        String returned,
        String api,
        String checkout,
        long revision,
        String reference,
        String email,
        String conference,
        String conferencePath,
        String status,
        String statusText,
        List<String> next,
        @Nullable HoldView hold,
        boolean payable,
        boolean extendable,
        boolean cancellable,
        boolean again,
        @Nullable Long confirmingSeconds,
        boolean expecting,
        @Nullable String invoice,
        List<ProofForm> proofs,
        RegisterPage.@Nullable PriceTag offer,
        RegisterPage.PriceTag price,
        @Nullable PaidView paid,
        List<Person> people,
        List<TimelineEvent> timeline) {

    /**
     * The end of a hold, and the time left until then.
     *
     * @param seats the number of held seats
     * @param left {@code secondsLeft} in words
     * @param onceOpened the regular end, which applies once a mailed link is opened; {@code null} if it applies already
     */
    record HoldView(
            int seats,
            TimeFormat.FormattedMoment until,
            long secondsLeft,
            String left,
            TimeFormat.@Nullable FormattedMoment onceOpened) {}

    /**
     * A payer's return from the payment provider's page.
     *
     * @param at by the clock of the instance that the payer returned to
     * @param ago time since then by this instance's clock, which may be slightly behind, so it may be negative
     */
    record PayerReturn(Instant at, Duration ago) {

        /** The time in which a provider's report usually arrives. */
        private static final Duration REPORTED_WITHIN = Duration.ofSeconds(60);

        static PayerReturn of(Instant at, Instant now) {
            return new PayerReturn(at, Duration.between(at, now));
        }

        /** Returns the rest of the usual time; {@code null} if it has passed. */
        private @Nullable Long secondsLeft() {
            boolean usual = ago.abs().compareTo(REPORTED_WITHIN) < 0;
            Duration left = ago.isNegative() ? REPORTED_WITHIN : REPORTED_WITHIN.minus(ago);
            return usual ? left.toSeconds() + 1 : null;
        }
    }

    /**
     * The payment.
     *
     * @param refunded {@code null} if nothing was refunded
     * @param receipt the receipt's address; {@code null} if there is none
     * @param creditNotes the credit notes' addresses; {@code null} if there are none
     */
    record PaidView(
            String amount,
            @Nullable String refunded,
            @Nullable String receipt,
            @Nullable String creditNotes) {}

    /**
     * An attendee.
     *
     * @param documents base path of the ticket, the calendar entry and the letter; {@code null} if there are none
     */
    record Person(
            String name,
            String category,
            String email,
            @Nullable String affiliation,
            @Nullable String country,
            String addOns,
            @Nullable String documents) {}

    /**
     * A proof that can be submitted or replaced.
     *
     * @param state translated
     */
    record ProofForm(UUID attendee, String name, String category, String state) {}

    /** The page for a single attendee: the state, and the attendee's own proof and documents. */
    record AttendeePage(
            String path,
            String reference,
            String conference,
            String conferencePath,
            String status,
            String statusText,
            List<ProofForm> proofs,
            List<Person> people) {

        static AttendeePage of(Registration r, UUID attendee, Conference conference, Localizer localizer) {
            return new AttendeePage(
                    "/registrations/" + r.id(),
                    r.reference(),
                    conference.definition().name(),
                    "/conferences/" + conference.slug(),
                    r.status().wireName(),
                    localizer.of("status." + r.status().wireName()),
                    RegistrationPage.proofs(r, conference, localizer).stream()
                            .filter(proof -> proof.attendee().equals(attendee))
                            .toList(),
                    r.attendees().stream()
                            .filter(one -> one.id().equals(attendee))
                            .map(one -> person(r, one, conference, localizer.locale()))
                            .toList());
        }
    }

    /** An entry of the timeline; shown as written if this version does not know its code. */
    record TimelineEvent(
            TimeFormat.FormattedMoment at,
            String what,
            @Nullable String detail) {

        static TimelineEvent of(TimelineRepository.Entry entry, TimeFormat timeFormat, Localizer localizer) {
            @Nullable TimelineNote note = entry.note();
            if (note == null) {
                return new TimelineEvent(timeFormat.at(entry.at()), entry.what(), entry.detail());
            }
            @Nullable String detail = detail(note, localizer);
            return new TimelineEvent(
                    timeFormat.at(entry.at()),
                    localizer.of("timeline." + note.code().wireName()),
                    detail == null ? entry.detail() : detail);
        }

        private static @Nullable String detail(TimelineNote note, Localizer localizer) {
            TimelineNote.Parameters parameters = note.parameters();
            String key = "timeline-detail." + note.code().wireName();
            @Nullable String amount = parameters.amount() == null ? null : localizer.money(parameters.amount());
            return switch (note.code()) {
                case SEATS_HELD,
                        SEATS_HELD_FOR_REVIEW,
                        CONFIRMED_WITHOUT_PAYMENT,
                        HOLD_EXTENDED,
                        LINK_OPENED,
                        NO_OFFER_POSSIBLE,
                        EXPIRED,
                        INQUIRY_OPENED,
                        PAYMENT_DISPUTED,
                        REFUND_FAILED,
                        LINKS_ENDED,
                        CONTACT_CHANGED -> localizer.of(key);
                case CONFIRMED, PROOF_RECEIVED, PROOF_ACCEPTED, INQUIRY_CLOSED, DISPUTE_WON, DISPUTE_LOST -> null;
                case REGISTERED -> parameters.reference() == null ? null : localizer.of(key, parameters.reference());
                case CANCELLED -> amount == null ? null : localizer.of(key, amount);
                case PROOF_REFUSED -> parameters.note();
                case OFFER_MADE, OFFER_ACCEPTED, PAYMENT_RECEIVED, REFUND_ORDERED, REFUND_MADE, REFUND_RETURNED ->
                    amount;
                case MARKED_AS_PAID, TRANSFER_ARRIVED ->
                    amount == null || parameters.reference() == null ? null : amount + ", " + parameters.reference();
                case PAYMENT_FAILED ->
                    parameters.failure() == null
                            ? null
                            : localizer.of("failure." + parameters.failure().wireName());
                case PAYMENT_GIVEN_BACK ->
                    parameters.reason() == null ? null : sentence(because(parameters.reason(), localizer));
                case MAIL_SENT, MAIL_CAME_BACK, MAIL_NOT_SENT ->
                    localizer.find("mail." + parameters.mail()).orElse(null);
            };
        }

        private static String sentence(String text) {
            return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
        }
    }

    /** Returns the query that carries the instant of the reader's return from paying. */
    static String query(Instant returned) {
        return "?returned=" + returned;
    }

    /** Returns the page's address as the reader opened it. */
    public String self() {
        return path + returned;
    }

    /** @param returned {@code null} if the reader does not come from paying */
    static RegistrationPage of(
            Registration r,
            Conference conference,
            List<TimelineRepository.Entry> timeline,
            Instant now,
            @Nullable PayerReturn returned,
            Localizer localizer) {
        TimeFormat timeFormat = TimeFormat.of(conference, localizer);
        String path = "/registrations/" + r.id();
        String api = "/api/registrations/" + r.id();
        @Nullable PayerReturn unreported = isUnreported(r, returned) ? returned : null;
        @Nullable Long confirming = unreported == null ? null : unreported.secondsLeft();
        boolean awaited = confirming != null;
        boolean pending = r.status() == Status.PENDING_PAYMENT && !r.isBeingBooked() && !awaited;
        return new RegistrationPage(
                path,
                returned == null ? "" : query(returned.at()),
                api,
                "/api/payments/" + r.id() + "/checkout",
                r.revision(),
                r.reference(),
                r.contact().email(),
                conference.definition().name(),
                "/conferences/" + conference.slug(),
                r.status().wireName(),
                localizer.of("status." + (awaited ? "confirming-payment" : status(r))),
                next(r, isConfirmationSent(timeline), unreported, localizer),
                hold(r, timeFormat, now, localizer),
                pending && r.paymentMethod() == Registration.PaymentMethod.card,
                pending && !r.hold().extended() && r.paymentMethod() == Registration.PaymentMethod.card,
                cancellable(r) && !awaited,
                hasEnded(r) && !r.isBeingBooked() && !awaited,
                confirming,
                expecting(r) || unreported != null,
                pending && r.paymentMethod() == Registration.PaymentMethod.invoice ? api + "/invoice.pdf" : null,
                proofs(r, conference, localizer),
                offer(r, localizer),
                RegisterPage.price(
                        r.price().lines(), r.price().discount(), r.price().tax(), r.total(), localizer),
                paid(r, localizer),
                r.attendees().stream()
                        .map(attendee -> person(r, attendee, conference, localizer.locale()))
                        .toList(),
                timeline.stream()
                        .map(entry -> TimelineEvent.of(entry, timeFormat, localizer))
                        .toList());
    }

    private static @Nullable PaidView paid(Registration r, Localizer localizer) {
        if (r.money().captured().amount() == 0) {
            return null;
        }
        String api = "/api/registrations/" + r.id();
        return new PaidView(
                localizer.money(r.money().captured()),
                r.money().refunded().amount() == 0
                        ? null
                        : localizer.money(r.money().refunded()),
                r.money().receipt() == null ? null : api + "/receipt.pdf",
                r.money().creditNote() == null ? null : api + "/credit-note.pdf");
    }

    /** Whether the registration holds nothing any more; this includes a rejected registration without an offer. */
    private static boolean hasEnded(Registration r) {
        return switch (r.status()) {
            case EXPIRED, CANCELLED -> true;
            case REJECTED -> r.offer() == null;
            case PENDING_REVIEW, PENDING_PAYMENT, CONFIRMED -> false;
        };
    }

    private static List<ProofForm> proofs(Registration r, Conference conference, Localizer localizer) {
        if (r.status() != Status.PENDING_REVIEW) {
            return List.of();
        }
        return r.attendees().stream()
                .filter(Attendee::isUnproved)
                .map(attendee -> new ProofForm(
                        attendee.id(),
                        attendee.givenName() + " " + attendee.familyName(),
                        category(attendee, conference),
                        localizer.of("proof." + attendee.proof())))
                .toList();
    }

    private static RegisterPage.@Nullable PriceTag offer(Registration r, Localizer localizer) {
        Registration.@Nullable Offer offer = r.offer();
        return offer == null
                ? null
                : RegisterPage.price(
                        offer.price().lines(),
                        offer.price().discount(),
                        offer.price().tax(),
                        offer.price().total(),
                        localizer);
    }

    /** Whether the registrant can cancel the registration. */
    static boolean cancellable(Registration r) {
        return (r.status() == Status.CONFIRMED || (r.status().holdsSeats() && !hasEnded(r)))
                && !r.money().disputeOpen();
    }

    private static @Nullable HoldView hold(Registration r, TimeFormat timeFormat, Instant now, Localizer localizer) {
        @Nullable Instant until = r.hold().expiresAt();
        if (until == null) {
            return null;
        }
        long seconds = Math.max(0, Duration.between(now, until).toSeconds());
        @Nullable Instant onceOpened = r.hold().onceOpened();
        return new HoldView(
                r.attendees().size(),
                timeFormat.at(until),
                seconds,
                localizer.duration(Duration.ofSeconds(seconds)),
                onceOpened == null ? null : timeFormat.at(onceOpened));
    }

    private static boolean expecting(Registration r) {
        return (r.status().holdsSeats() && !hasEnded(r))
                || r.isBeingBooked()
                || r.money().refunds().stream()
                        .anyMatch(refund -> refund.state() == Registration.Refund.State.commanded);
    }

    private static boolean isUnreported(Registration r, @Nullable PayerReturn returned) {
        return returned != null
                && (r.status() == Status.PENDING_PAYMENT || r.status() == Status.EXPIRED)
                && r.paymentMethod() == Registration.PaymentMethod.card
                && r.money().isSilentSince(returned.at());
    }

    /** Returns the message key of the state's name; a registration under review whose proof is missing has a name of its own. */
    private static String status(Registration r) {
        return r.status() == Status.PENDING_REVIEW && isProofWanted(r)
                ? "proof-wanted"
                : r.status().wireName();
    }

    private static boolean isProofWanted(Registration r) {
        return r.attendees().stream().anyMatch(each -> each.proof() == Attendee.Proof.wanted);
    }

    /** Returns the next steps for a payer whose payment has not been reported. */
    private static List<String> unreported(Registration r, PayerReturn returned, Localizer localizer) {
        int seats = r.attendees().size();
        boolean awaited = returned.secondsLeft() != null;
        List<String> next = new ArrayList<>();
        next.add(localizer.of(awaited ? "next.confirming-payment" : "next.payment-unreported"));
        if (r.status() == Status.EXPIRED) {
            next.add(localizer.of("next.payment-late", seats));
        } else if (!awaited) {
            next.add(localizer.of("next.pay-if-not", localizer.money(r.total())));
        }
        return next;
    }

    private static boolean isConfirmationSent(List<TimelineRepository.Entry> timeline) {
        return timeline.stream()
                .anyMatch(entry -> TimelineNote.mail(TimelineNote.Code.MAIL_SENT, "confirmation")
                        .equals(entry.note()));
    }

    private static List<String> next(
            Registration r, boolean confirmationSent, @Nullable PayerReturn unreported, Localizer localizer) {
        if (unreported != null) {
            return unreported(r, unreported, localizer);
        }
        int seats = r.attendees().size();
        List<String> next = new ArrayList<>();
        switch (r.status()) {
            case PENDING_PAYMENT -> {
                if (r.isBeingBooked()) {
                    next.add(localizer.of("next.payment-processing"));
                } else if (r.paymentMethod() == Registration.PaymentMethod.invoice) {
                    next.add(
                            r.parts().amount() > 0
                                    ? localizer.of(
                                            "next.invoice-part",
                                            localizer.money(r.parts()),
                                            localizer.money(r.total().minus(r.parts())),
                                            r.reference())
                                    : localizer.of("next.invoice", localizer.money(r.total()), r.reference()));
                } else {
                    localizer.find("next.payment-" + r.money().status()).ifPresent(next::add);
                    next.add(localizer.of("next.pay", localizer.money(r.total()), seats));
                }
            }
            case PENDING_REVIEW -> next.add(localizer.of(isProofWanted(r) ? "next.proof" : "next.review", seats));
            case CONFIRMED ->
                next.add(
                        r.money().disputeOpen()
                                ? localizer.of("next.disputed")
                                : localizer.of(
                                        confirmationSent ? "next.confirmation-sent" : "next.confirmed",
                                        r.contact().email()));
            case REJECTED -> {
                next.add(localizer.of("next.rejected"));
                reason(r, next, localizer);
                next.add(localizer.of(r.offer() == null ? "next.no-offer" : "next.offer", seats));
            }
            case EXPIRED -> {
                next.add(
                        r.isBeingBooked()
                                ? localizer.of("next.payment-processing")
                                : localizer.of("next.expired", seats));
                if (r.money().commandedAmount() > 0) {
                    reason(r, next, localizer);
                }
            }
            case CANCELLED -> {
                next.add(localizer.of("next.cancelled", seats));
                reason(r, next, localizer);
            }
        }
        Money unbooked = r.money().unbooked();
        if (hasEnded(r) && unbooked.amount() > 0 && !r.isBeingBooked()) {
            next.add(localizer.of("refund.to-be-transferred", localizer.money(unbooked)));
        }
        for (Registration.Return back : r.money().returns()) {
            next.add(localizer.of(
                    back.done() ? "refund.surplus" : "refund.surplus-to-be-transferred",
                    localizer.money(back.amount())));
        }
        for (Registration.Refund refund : r.money().refunds()) {
            if (!refund.isTriedAgain()) {
                next.add(localizer.of(
                        refund.state() == Registration.Refund.State.commanded
                                        && r.money().byTransfer()
                                ? "refund.to-be-transferred"
                                : "refund." + refund.state().name(),
                        localizer.money(refund.amount())));
            }
        }
        return next;
    }

    private static void reason(Registration r, List<String> next, Localizer localizer) {
        @Nullable String messageCount = because(r.reason(), localizer);
        if (messageCount != null) {
            next.add(localizer.of(
                    "next.reason",
                    messageCount.endsWith(".") ? messageCount.substring(0, messageCount.length() - 1) : messageCount));
        }
    }

    /** Returns an organiser's own words, otherwise the standard reason; a reason that this version does not know is shown as written. */
    static @Nullable String because(Registration.Reason reason, Localizer localizer) {
        if (reason.note() != null) {
            return reason.note();
        }
        return reason.code() == null ? reason.text() : because(reason.code(), localizer);
    }

    private static String because(ReasonCode code, Localizer localizer) {
        return localizer.of("reason." + code.wireName());
    }

    private static Person person(Registration r, Attendee attendee, Conference conference, Locale locale) {
        Map<String, String> names = conference.definition().registration().addOns().stream()
                .collect(Collectors.toMap(AddOn::code, AddOn::name));
        return new Person(
                attendee.givenName() + " " + attendee.familyName(),
                category(attendee, conference),
                attendee.email(),
                attendee.affiliation(),
                attendee.country() == null ? null : ConferencePage.country(attendee.country(), locale),
                attendee.addOns().stream()
                        .map(chosen -> names.getOrDefault(chosen.code(), chosen.code())
                                + (chosen.quantity() == 1
                                        ? ""
                                        : String.format(Locale.ROOT, " × %d", chosen.quantity())))
                        .collect(Collectors.joining(", ")),
                r.hasTickets() ? "/api/registrations/" + r.id() + "/attendees/" + attendee.id() : null);
    }

    private static String category(Attendee attendee, Conference conference) {
        return conference
                .definition()
                .registration()
                .category(attendee.category())
                .map(Category::name)
                .orElse(attendee.category());
    }

    /** Describes the refund of a cancellation in a sentence. */
    static String refundInWords(Registration r, Money refund, Localizer localizer) {
        if (r.money().captured().amount() == 0 && refund.amount() == 0) {
            return localizer.of("cancellation.nothing-paid");
        }
        return refund.amount() == 0
                ? localizer.of("cancellation.no-refund")
                : localizer.of("cancellation.refund", localizer.money(refund));
    }
}
