package org.openingminute.notification.documents;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.projection.Conference;
import org.springframework.context.MessageSource;

/** The texts of documents in one language. */
record DocumentTexts(Locale locale, MessageSource messages) {

    /** Returns the texts for a locale: German for any German locale, English otherwise. */
    static DocumentTexts in(@Nullable String asked, MessageSource messages) {
        boolean german = asked != null
                && Locale.forLanguageTag(asked.replace('_', '-')).getLanguage().equals("de");
        return new DocumentTexts(german ? Locale.GERMAN : Locale.ENGLISH, messages);
    }

    String text(String key, Object... values) {
        return messages.getMessage(key, values, locale);
    }

    String date(LocalDate date) {
        return DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG)
                .withLocale(locale)
                .format(date);
    }

    String dates(Conference conference) {
        String first = date(conference.startsOn());
        return conference.startsOn().equals(conference.endsOn())
                ? first
                : text("dates", first, date(conference.endsOn()));
    }

    /** Returns the city, region and country, as far as they are known; empty if none is. */
    String place(Conference conference) {
        @Nullable String country = conference.country();
        return Stream.of(conference.city(), conference.region(), country == null ? null : country(country))
                .flatMap(Stream::ofNullable)
                .map(SingleLine::of)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** Returns a country's name; an unknown code is returned unchanged. */
    String country(String code) {
        return Locale.of("", code).getDisplayCountry(locale);
    }

    String addOns(DocumentSubject.TicketHolder attendee, DocumentConference.ConferenceNames names) {
        return attendee.addOns().stream()
                .map(addOn -> addOn.quantity() == 1
                        ? names.addOn(addOn.code())
                        : text("several", names.addOn(addOn.code()), addOn.quantity()))
                .collect(Collectors.joining(", "));
    }
}
