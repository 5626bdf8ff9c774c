package org.openingminute.notification.composition;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.composition.MailContent.Fact;
import org.openingminute.notification.projection.Conference;
import org.openingminute.notification.projection.Money;
import org.openingminute.notification.projection.RegistrationSnapshot;

/** The summary below every mail: the registrant, the conference and the order. */
record OrderSummary(Localizer localizer, RegistrationSnapshot registration, Conference conference) {

    private static final Pattern LINK_OR_ADDRESS = Pattern.compile("://|www\\.|@", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST_NAME = 60;

    List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(localizer.text("fact.reference"), registration.reference()));
        String name = name(registration.contact().name());
        if (!name.isEmpty()) {
            facts.add(new Fact(localizer.text("fact.name"), name));
        }
        facts.add(new Fact(
                localizer.text("fact.conference"),
                conference.fullName() == null
                        ? SingleLine.of(conference.name())
                        : SingleLine.of(conference.fullName())));
        facts.add(new Fact(localizer.text("fact.dates"), dates()));
        String place = Stream.of(conference.city(), conference.region(), country())
                .flatMap(Stream::ofNullable)
                .filter(part -> !part.isBlank())
                .map(SingleLine::of)
                .collect(Collectors.joining(", "));
        if (!place.isEmpty()) {
            facts.add(new Fact(localizer.text("fact.place"), place));
        }
        return facts;
    }

    /** Returns a person's name; empty if it could act as a link, because anybody can have a mail sent to another person. */
    static String name(String given) {
        String name = SingleLine.of(given);
        return LINK_OR_ADDRESS.matcher(name).find() || name.codePointCount(0, name.length()) > LONGEST_NAME ? "" : name;
    }

    private @Nullable String country() {
        @Nullable String code = conference.country();
        return code == null ? null : localizer.country(code);
    }

    private String dates() {
        return conference.startsOn().equals(conference.endsOn())
                ? localizer.date(conference.startsOn())
                : localizer.text("dates", localizer.date(conference.startsOn()), localizer.date(conference.endsOn()));
    }

    List<Fact> order() {
        List<Fact> order = new ArrayList<>();
        RegistrationSnapshot.@Nullable ReportedOffer offer = registration.offer();
        for (RegistrationSnapshot.ReportedOrderLine line : offer == null ? registration.lines() : offer.lines()) {
            order.add(new Fact(what(line), localizer.money(line.amount())));
        }
        @Nullable Money discount = offer == null ? registration.discount() : offer.discount();
        if (discount != null && discount.isPositive()) {
            order.add(new Fact(
                    localizer.text("order.discount"),
                    localizer.money(new Money(-discount.amount(), discount.currency()))));
        }
        @Nullable Money tax = offer == null ? registration.tax() : offer.tax();
        if (tax != null && tax.isPositive()) {
            order.add(new Fact(localizer.text("order.tax"), localizer.money(tax)));
        }
        order.add(new Fact(
                localizer.text("order.total"),
                offer == null ? localizer.money(registration.total()) : localizer.money(offer.total())));
        return order;
    }

    private String what(RegistrationSnapshot.ReportedOrderLine line) {
        String description = SingleLine.of(line.description());
        String counted =
                line.quantity() == 1 ? description : localizer.text("order.quantity", line.quantity(), description);
        @Nullable Integer index = line.attendee();
        if (index == null || index < 0 || index >= registration.attendees().size()) {
            return counted;
        }
        RegistrationSnapshot.ReportedAttendee attendee =
                registration.attendees().get(index);
        String name = Stream.of(attendee.givenName(), attendee.familyName())
                .map(OrderSummary::name)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
        return name.isEmpty() ? counted : localizer.text("order.for", counted, name);
    }
}
