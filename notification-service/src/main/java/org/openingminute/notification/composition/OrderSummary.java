package org.openingminute.notification.composition;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.composition.MailContent.Fact;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.Money;
import org.openingminute.notification.projection.RegistrationSnapshot;

/** What stands below every mail: whose registration it is, for what, and what was ordered. */
record OrderSummary(Localizer words, RegistrationSnapshot registration, Conference conference) {

    List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(words.say("fact.reference"), registration.reference()));
        facts.add(new Fact(
                words.say("fact.name"), SingleLine.of(registration.contact().name())));
        facts.add(new Fact(
                words.say("fact.conference"),
                conference.fullName() == null
                        ? SingleLine.of(conference.name())
                        : SingleLine.of(conference.fullName())));
        facts.add(new Fact(words.say("fact.dates"), dates()));
        String place = Stream.of(conference.city(), conference.region(), country())
                .flatMap(Stream::ofNullable)
                .filter(part -> !part.isBlank())
                .map(SingleLine::of)
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

    List<Fact> order() {
        List<Fact> order = new ArrayList<>();
        RegistrationSnapshot.@Nullable Offer offer = registration.offer();
        for (RegistrationSnapshot.OrderLine line : offer == null ? registration.lines() : offer.lines()) {
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
        order.add(new Fact(
                words.say("order.total"),
                offer == null ? words.money(registration.total()) : words.money(offer.total())));
        return order;
    }

    private String what(RegistrationSnapshot.OrderLine line) {
        String description = SingleLine.of(line.description());
        String counted = line.quantity() == 1 ? description : words.say("order.quantity", line.quantity(), description);
        @Nullable Integer index = line.attendee();
        if (index == null || index < 0 || index >= registration.attendees().size()) {
            return counted;
        }
        RegistrationSnapshot.Attendee attendee = registration.attendees().get(index);
        return words.say(
                "order.for", counted, SingleLine.of(attendee.givenName()), SingleLine.of(attendee.familyName()));
    }
}
