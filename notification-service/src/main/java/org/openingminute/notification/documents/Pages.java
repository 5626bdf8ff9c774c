package org.openingminute.notification.documents;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.documents.DocumentAccess.Opened;
import org.openingminute.notification.documents.DocumentConfiguration.DocumentSettings;
import org.springframework.context.MessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** Builds the HTML of tickets and letters, in the language of the registration's contact, and of badges. */
final class Pages {

    private final ITemplateEngine templates;
    private final MessageSource messages;
    private final DocumentSettings.Letter letter;
    private final boolean rehearsal;

    /** @param rehearsal whether pages are marked as invalid */
    Pages(ITemplateEngine templates, MessageSource messages, DocumentSettings.Letter letter, boolean rehearsal) {
        this.templates = templates;
        this.messages = messages;
        this.letter = letter;
        this.rehearsal = rehearsal;
    }

    /** @param ticket the signed text */
    String ticket(Opened opened, String ticket, String fonts) {
        return page("ticket", opened, fonts, Map.of("qr", QrCode.dataUrl(ticket)));
    }

    String letter(Opened opened, String fonts) {
        String organisers = texts(opened)
                .text("letter.organisers", opened.details().conference().name());
        return page(
                "letter",
                opened,
                fonts,
                Map.of(
                        "sender",
                        letter.senderName().isBlank() ? organisers : letter.senderName(),
                        "senderAddress",
                        lines(letter.senderAddress()),
                        "signedBy",
                        letter.signedBy(),
                        "signedAs",
                        letter.signedAs(),
                        "contact",
                        letter.contact(),
                        "asOf",
                        texts(opened)
                                .date(opened.order()
                                        .changedAt()
                                        .atZone(opened.details().conference().zone())
                                        .toLocalDate())));
    }

    String badges(List<Badges.Badge> badges, DocumentConference details, Locale language, String fonts) {
        return templates.process(
                "badges",
                new Context(
                        language,
                        Map.of(
                                "fonts",
                                fonts,
                                "rehearsal",
                                rehearsal,
                                "conference",
                                SingleLine.of(details.conference().name()),
                                "badges",
                                badges)));
    }

    private String page(String template, Opened opened, String fonts, Map<String, Object> more) {
        DocumentTexts texts = texts(opened);
        DocumentConference details = opened.details();
        DocumentSubject.TicketHolder attendee = opened.attendee();
        @Nullable String country = attendee.country();
        Map<String, @Nullable Object> model = new HashMap<>(more);
        model.put("fonts", fonts);
        model.put("rehearsal", rehearsal);
        model.put("conference", SingleLine.of(details.conference().name()));
        model.put("fullName", SingleLine.of(details.fullName()));
        model.put("dates", texts.dates(details.conference()));
        model.put("place", texts.place(details.conference()));
        model.put("reference", opened.order().reference());
        model.put("name", attendee.name());
        model.put("category", details.names().category(attendee.category()));
        model.put("addOns", texts.addOns(attendee, details.names()));
        model.put("affiliation", attendee.affiliation() == null ? "" : SingleLine.of(attendee.affiliation()));
        model.put("country", country == null ? "" : texts.country(country));
        return templates.process(template, new Context(texts.locale(), model));
    }

    private DocumentTexts texts(Opened opened) {
        return DocumentTexts.in(opened.order().contact().locale(), messages);
    }

    private static List<String> lines(String address) {
        return Arrays.stream(address.split("\\|", -1))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
