package org.openingminute.notification.composing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.caller.AccessTokens;
import org.openingminute.notification.composing.MailContent.Action;
import org.openingminute.notification.composing.MailContent.Fact;
import org.openingminute.notification.heard.Conference;
import org.openingminute.notification.heard.Heard;
import org.openingminute.notification.heard.Money;
import org.openingminute.notification.heard.PaymentState;
import org.openingminute.notification.heard.RegistrationState;
import org.openingminute.notification.owed.MailKind;
import org.openingminute.notification.owed.Owed;
import org.springframework.context.MessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** Makes a mail of a state. The access token in its link is made here, for this mail. Safe for all threads. */
public final class MailComposer {

    private final ITemplateEngine templates;
    private final MessageSource messages;
    private final AccessTokens tokens;
    private final String publicUrl;

    MailComposer(ITemplateEngine templates, MessageSource messages, AccessTokens tokens, String publicUrl) {
        this.templates = templates;
        this.messages = messages;
        this.tokens = tokens;
        this.publicUrl = publicUrl;
    }

    /**
     * Composes a mail that is owed.
     *
     * @throws IllegalArgumentException if the registration was not heard of
     */
    public ComposedMail compose(Owed owed, Heard heard, Conference conference) {
        @Nullable RegistrationState registration = heard.registration();
        if (registration == null) {
            throw new IllegalArgumentException("nothing to say about a registration that was not heard of");
        }
        String token = tokens.forContact(registration.id(), registration.contactGeneration());
        Words words = Words.in(registration.contact().locale(), messages);
        Composition composition = new Composition(words, registration, heard.payment(), conference);
        MailContent content = composition.of(owed, publicUrl + "/open#" + token);
        Context variables = new Context(Locale.forLanguageTag(words.language()), Map.of("mail", content));
        return new ComposedMail(
                OneLine.of(conference.name()),
                content.subject(),
                templates.process("mail.txt", variables),
                templates.process("mail.html", variables),
                token);
    }

    /** One mail's facts at hand. */
    private record Composition(
            Words words,
            RegistrationState registration,
            @Nullable PaymentState payment,
            Conference conference) {

        MailContent of(Owed owed, String link) {
            String kind = owed.kind().code();
            return new MailContent(
                    words.language(),
                    OneLine.of(words.say(kind + ".subject", conferenceName(), registration.reference(), seats())),
                    words.say("greeting", OneLine.of(registration.contact().name())),
                    paragraphs(owed),
                    new Action(words.say(actionOf(owed.kind())), link),
                    facts(),
                    words.say("order"),
                    order(),
                    notes());
        }

        private List<String> paragraphs(Owed owed) {
            Stream<String> told = switch (owed.kind()) {
                case PAY_NOW -> Stream.of(words.say("pay-now.text", total(), heldUntil(), seats()));
                case CONFIRMATION -> Stream.of(words.say("confirmation.text", conferenceName()), paid());
                case PAYMENT_FAILED -> Stream.of(words.say("payment-failed.text", total(), heldUntil(), seats()));
                case EXPIRED ->
                    Stream.of(
                            words.say("expired.text", conferenceName(), seats()), words.say("expired.later", seats()));
                case CANCELLED ->
                    Stream.concat(
                            Stream.concat(Stream.of(words.say("cancelled.text", conferenceName(), seats())), reason()),
                            Stream.of(refundOfCancellation()));
                case LATE_PAYMENT_REFUNDED ->
                    Stream.of(
                            words.say("late-payment-refunded.text", givenBack(), seats()),
                            words.say("refund.patience"));
                case REFUND_MADE ->
                    Stream.of(words.say("refund-made.text", refund(owed.about())), words.say("refund.patience"));
                case PROOF_WANTED -> Stream.of(words.say("proof-wanted.text", heldUntil(), seats()));
                case PROOF_REFUSED ->
                    Stream.concat(
                            Stream.concat(Stream.of(words.say("proof-refused.text")), reason()),
                            Stream.of(whatIsOffered()));
            };
            return told.toList();
        }

        private String actionOf(MailKind kind) {
            boolean nothingToSee = kind == MailKind.PROOF_REFUSED && registration.holdExpiresAt() == null;
            return nothingToSee ? "proof-refused.no-offer-action" : kind.code() + ".action";
        }

        private String whatIsOffered() {
            RegistrationState.@Nullable Offer offer = registration.offer();
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
            return OneLine.of(conference.name());
        }

        private String total() {
            return words.money(registration.total());
        }

        private String heldUntil() {
            return registration.holdExpiresAt() == null
                    ? words.say("no-deadline")
                    : words.instant(registration.holdExpiresAt(), conference.zone());
        }

        private String paid() {
            @Nullable Money captured = registration.captured();
            return captured != null && captured.isPositive()
                    ? words.say("paid", words.money(captured))
                    : words.say(registration.total().isPositive() ? "paid-otherwise" : "nothing-to-pay");
        }

        private Stream<String> reason() {
            @Nullable String reason = registration.reason();
            return reason == null || reason.isBlank()
                    ? Stream.empty()
                    : Stream.of(words.say("reason", words.known("reason", OneLine.of(reason))));
        }

        private String refundOfCancellation() {
            @Nullable Money planned = registration.refundPlanned();
            if (planned != null && planned.isPositive()) {
                return words.say("cancelled.refund", words.money(planned));
            }
            return words.say(registration.hasCaptured() ? "cancelled.no-refund" : "cancelled.nothing-charged");
        }

        private String givenBack() {
            return registration.givenBack().map(words::money).orElseGet(this::total);
        }

        private String refund(String id) {
            if (payment == null) {
                throw new IllegalArgumentException("no payment was heard of");
            }
            return words.money(payment.refund(UUID.fromString(id)).amount());
        }

        private List<Fact> facts() {
            List<Fact> facts = new ArrayList<>();
            facts.add(new Fact(words.say("fact.reference"), registration.reference()));
            facts.add(new Fact(
                    words.say("fact.name"), OneLine.of(registration.contact().name())));
            facts.add(new Fact(
                    words.say("fact.conference"),
                    conference.fullName() == null ? conferenceName() : OneLine.of(conference.fullName())));
            facts.add(new Fact(words.say("fact.dates"), dates()));
            String place = Stream.of(conference.city(), conference.region(), country())
                    .flatMap(Stream::ofNullable)
                    .filter(part -> !part.isBlank())
                    .map(OneLine::of)
                    .collect(Collectors.joining(", "));
            if (!place.isEmpty()) {
                facts.add(new Fact(words.say("fact.place"), place));
            }
            return facts;
        }

        private @Nullable String country() {
            @Nullable String code = conference.country();
            return code == null ? null : words.country(code);
        }

        private String dates() {
            return conference.startsOn().equals(conference.endsOn())
                    ? words.date(conference.startsOn())
                    : words.say("dates", words.date(conference.startsOn()), words.date(conference.endsOn()));
        }

        private List<Fact> order() {
            List<Fact> order = new ArrayList<>();
            RegistrationState.@Nullable Offer offer = registration.offer();
            for (RegistrationState.Line line : offer == null ? registration.lines() : offer.lines()) {
                order.add(new Fact(what(line), words.money(line.amount())));
            }
            @Nullable Money discount = offer == null ? registration.discount() : offer.discount();
            if (discount != null && discount.isPositive()) {
                order.add(new Fact(
                        words.say("order.discount"), words.money(new Money(-discount.amount(), discount.currency()))));
            }
            @Nullable Money tax = offer == null ? registration.tax() : offer.tax();
            if (tax != null && tax.isPositive()) {
                order.add(new Fact(words.say("order.tax"), words.money(tax)));
            }
            order.add(new Fact(words.say("order.total"), offer == null ? total() : words.money(offer.total())));
            return order;
        }

        private String what(RegistrationState.Line line) {
            String description = OneLine.of(line.description());
            String counted =
                    line.quantity() == 1 ? description : words.say("order.quantity", line.quantity(), description);
            @Nullable Integer index = line.attendee();
            if (index == null || index < 0 || index >= registration.attendees().size()) {
                return counted;
            }
            RegistrationState.Attendee attendee = registration.attendees().get(index);
            return words.say("order.for", counted, OneLine.of(attendee.givenName()), OneLine.of(attendee.familyName()));
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
}
