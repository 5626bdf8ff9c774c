package org.openingminute.notification.composition;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.composition.MailContent.Action;
import org.openingminute.notification.composition.MailContent.Fact;
import org.openingminute.notification.projection.Conference;
import org.springframework.context.MessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;

/** Makes a mail of news. Safe for all threads. */
public final class AnnouncementComposer {

    private final ITemplateEngine templates;
    private final MessageSource messages;
    private final String publicUrl;
    private final String publicHost;

    AnnouncementComposer(ITemplateEngine templates, MessageSource messages, String publicUrl, String publicHost) {
        this.templates = templates;
        this.messages = messages;
        this.publicUrl = publicUrl;
        this.publicHost = publicHost;
    }

    /** Composes what somebody is told of a conference. */
    public ComposedMail compose(Announcement news, Conference conference, Announcement.Reader reader) {
        Localizer words = Localizer.in(reader.locale(), messages);
        @Nullable String token = reader.unsubscribe();
        @Nullable String unsubscribe = token == null ? null : publicUrl + "/api/unsubscribe/" + token;
        AnnouncementContent content = content(news, conference, reader, unsubscribe, words);
        Context variables = new Context(Locale.forLanguageTag(words.language()), Map.of("mail", content));
        return new ComposedMail(
                SingleLine.of(conference.name()),
                content.subject(),
                templates.process("news.txt", variables),
                templates.process("news.html", variables),
                secrets(news, token),
                headers(news, conference, reader, unsubscribe));
    }

    private static Set<String> secrets(Announcement news, @Nullable String unsubscribe) {
        Set<String> secrets = new HashSet<>();
        if (unsubscribe != null) {
            secrets.add(unsubscribe);
        }
        if (news instanceof Announcement.OptIn(var ignored, var confirmation)) {
            secrets.add(confirmation);
        }
        return secrets;
    }

    /** RFC 8058 and RFC 2919; who gets many alike is not answered by holiday notes (RFC 3834). */
    private Map<String, String> headers(
            Announcement news, Conference conference, Announcement.Reader reader, @Nullable String unsubscribe) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (unsubscribe != null) {
            headers.put("List-Unsubscribe", "<" + unsubscribe + ">");
            headers.put("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        if (!(news instanceof Announcement.OptIn)) {
            String list = reader.topic() == null ? "attendees" : reader.topic();
            headers.put("List-Id", "<" + list + "." + conference.slug() + "." + publicHost + ">");
            headers.put("Precedence", "bulk");
        }
        return headers;
    }

    private AnnouncementContent content(
            Announcement news,
            Conference conference,
            Announcement.Reader reader,
            @Nullable String unsubscribe,
            Localizer words) {
        String name = SingleLine.of(conference.name());
        String page = publicUrl + "/conferences/" + conference.slug();
        List<String> notes = new ArrayList<>();
        @Nullable Action leave = unsubscribe == null ? null : new Action(words.say("news.unsubscribe"), unsubscribe);
        return switch (news) {
            case Announcement.OptIn(var topics, var confirmation) -> {
                notes.add(words.say("interest-opt-in.not-you"));
                yield new AnnouncementContent(
                        words.language(),
                        words.say("interest-opt-in.subject", name),
                        words.say("news.greeting"),
                        List.of(plain(words.say("interest-opt-in.text", name, topics(topics, words)))),
                        null,
                        List.of(),
                        new Action(
                                words.say("interest-opt-in.action"),
                                publicUrl + "/interest/confirmation?token=" + confirmation),
                        notes,
                        leave);
            }
            case Announcement.Announced(var subject, var body) -> {
                notes.add(why(reader, name, words));
                yield new AnnouncementContent(
                        words.language(),
                        named(name, SingleLine.of(subject)),
                        words.say("news.greeting"),
                        AnnouncementContent.paragraphs(body),
                        null,
                        List.of(),
                        new Action(words.say("news.action", name), page),
                        notes,
                        leave);
            }
            case Announcement.SaleOpened(var prices) ->
                prices(
                        "sale-opened",
                        prices.next() == null ? "text-last" : "text",
                        prices,
                        conference,
                        reader,
                        leave,
                        words);
            case Announcement.DeadlineNear(var prices) ->
                prices("deadline-near", "text", prices, conference, reader, leave, words);
        };
    }

    private AnnouncementContent prices(
            String kind,
            String sentence,
            Announcement.Prices prices,
            Conference conference,
            Announcement.Reader reader,
            @Nullable Action leave,
            Localizer words) {
        String name = SingleLine.of(conference.name());
        String phase = SingleLine.of(prices.phase().name());
        String until = words.instant(prices.phase().until(), conference.zone());
        Announcement.@Nullable Phase next = prices.next();
        String after = next == null ? "" : SingleLine.of(next.name());
        String text = words.say(kind + "." + sentence, name, phase, until, after);
        List<String> notes = new ArrayList<>();
        notes.add(why(reader, name, words));
        if (conference.sample()) {
            notes.add(words.say("note.sample"));
        }
        return new AnnouncementContent(
                words.language(),
                words.say(kind + ".subject", name, until),
                words.say("news.greeting"),
                List.of(plain(text)),
                prices.of().isEmpty() ? null : words.say("news.prices"),
                prices.of().stream().map(price -> fact(price, words)).toList(),
                new Action(words.say("news.register"), publicUrl + "/conferences/" + conference.slug() + "/register"),
                notes,
                leave);
    }

    private static Fact fact(Announcement.Price price, Localizer words) {
        String now = words.money(price.now());
        return new Fact(
                SingleLine.of(price.name()),
                price.next() == null || price.next().equals(price.now())
                        ? now
                        : words.say("news.price-then", now, words.money(price.next())));
    }

    private static String why(Announcement.Reader reader, String conference, Localizer words) {
        return reader.topic() == null
                ? words.say("news.why-registered", conference)
                : words.say("news.why-asked", conference, words.say("topic." + reader.topic()));
    }

    private static String topics(List<String> topics, Localizer words) {
        return topics.stream().map(topic -> words.say("topic." + topic)).collect(Collectors.joining(", "));
    }

    /** A subject names the conference, once. */
    private static String named(String conference, String subject) {
        return subject.contains(conference) ? subject : conference + ": " + subject;
    }

    private static AnnouncementContent.Paragraph plain(String sentence) {
        return new AnnouncementContent.Paragraph(sentence, List.of(new AnnouncementContent.Piece(sentence, null)));
    }
}
