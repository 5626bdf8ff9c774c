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

/** Composes announcement mails and the mail that confirms a subscription. */
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

    /** Composes the mail of one reader. */
    public ComposedMail compose(Announcement announcement, Conference conference, Announcement.Reader reader) {
        Localizer localizer = Localizer.in(reader.locale(), messages);
        @Nullable String token = reader.unsubscribe();
        @Nullable String unsubscribe = token == null ? null : publicUrl + "/api/unsubscribe/" + token;
        AnnouncementContent content = content(announcement, conference, reader, unsubscribe, localizer);
        Context variables = new Context(Locale.forLanguageTag(localizer.language()), Map.of("mail", content));
        return new ComposedMail(
                SingleLine.of(conference.name()),
                content.subject(),
                templates.process("news.txt", variables),
                templates.process("news.html", variables),
                secrets(announcement, token),
                headers(announcement, conference, reader, unsubscribe));
    }

    private static Set<String> secrets(Announcement announcement, @Nullable String unsubscribe) {
        Set<String> secrets = new HashSet<>();
        if (unsubscribe != null) {
            secrets.add(unsubscribe);
        }
        if (announcement instanceof Announcement.OptInMail(var ignored, var confirmation)) {
            secrets.add(confirmation);
        }
        if (announcement instanceof Announcement.MailboxMail(var confirmation)) {
            secrets.add(confirmation);
        }
        if (announcement instanceof Announcement.SeveralUnpaid(var of, var ignored)) {
            of.forEach(one -> secrets.add(one.token()));
        }
        return secrets;
    }

    /** Returns the headers of RFC 8058 and RFC 2919, and marks the mail as bulk mail, which gets no vacation replies (RFC 3834). */
    private Map<String, String> headers(
            Announcement announcement,
            Conference conference,
            Announcement.Reader reader,
            @Nullable String unsubscribe) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (unsubscribe != null) {
            headers.put("List-Unsubscribe", "<" + unsubscribe + ">");
            headers.put("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        if (isNews(announcement)) {
            String list = reader.topic() == null ? "attendees" : reader.topic();
            headers.put("List-Id", "<" + list + "." + conference.slug() + "." + publicHost + ">");
            headers.put("Precedence", "bulk");
        }
        return headers;
    }

    private static boolean isNews(Announcement announcement) {
        return announcement instanceof Announcement.Announced
                || announcement instanceof Announcement.SaleOpened
                || announcement instanceof Announcement.DeadlineNear;
    }

    private AnnouncementContent content(
            Announcement announcement,
            Conference conference,
            Announcement.Reader reader,
            @Nullable String unsubscribe,
            Localizer localizer) {
        String name = SingleLine.of(conference.name());
        String page = publicUrl + "/conferences/" + conference.slug();
        List<String> notes = new ArrayList<>();
        @Nullable
        Action leave = unsubscribe == null ? null : new Action(localizer.text("news.unsubscribe"), unsubscribe);
        return switch (announcement) {
            case Announcement.OptInMail(var topics, var confirmation) -> {
                notes.add(localizer.text("interest-opt-in.not-you"));
                yield new AnnouncementContent(
                        localizer.language(),
                        localizer.text("interest-opt-in.subject", name),
                        localizer.text("news.greeting"),
                        List.of(plain(localizer.text("interest-opt-in.text", name, topics(topics, localizer)))),
                        null,
                        List.of(),
                        new Action(
                                localizer.text("interest-opt-in.action"),
                                publicUrl + "/interest/confirmation?token=" + confirmation),
                        notes,
                        leave);
            }
            case Announcement.MailboxMail(var confirmation) -> {
                notes.add(localizer.text("mailbox-confirmation.not-you"));
                yield new AnnouncementContent(
                        localizer.language(),
                        localizer.text("mailbox-confirmation.subject", name),
                        localizer.text("news.greeting"),
                        List.of(plain(localizer.text("mailbox-confirmation.text", name))),
                        null,
                        List.of(),
                        new Action(localizer.text("mailbox-confirmation.action"), publicUrl + "/open#" + confirmation),
                        notes,
                        leave);
            }
            case Announcement.SeveralUnpaid(var of, var more) -> {
                int all = of.size() + more;
                List<AnnouncementContent.Paragraph> paragraphs = new ArrayList<>();
                paragraphs.add(plain(localizer.text("several-unpaid.text", all)));
                of.forEach(one -> paragraphs.add(AnnouncementContent.paragraph(line(one, localizer))));
                if (more > 0) {
                    paragraphs.add(plain(localizer.text("several-unpaid.more", more)));
                }
                notes.add(localizer.text("several-unpaid.not-you"));
                yield new AnnouncementContent(
                        localizer.language(),
                        localizer.text("several-unpaid.subject", name, all),
                        localizer.text("news.greeting"),
                        paragraphs,
                        null,
                        List.of(),
                        new Action(localizer.text("news.action", name), page),
                        notes,
                        leave);
            }
            case Announcement.Announced(var subject, var body) -> {
                notes.add(why(reader, name, localizer));
                yield new AnnouncementContent(
                        localizer.language(),
                        named(name, SingleLine.of(subject)),
                        localizer.text("news.greeting"),
                        AnnouncementContent.paragraphs(body),
                        null,
                        List.of(),
                        new Action(localizer.text("news.action", name), page),
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
                        localizer);
            case Announcement.DeadlineNear(var prices) ->
                prices("deadline-near", "text", prices, conference, reader, leave, localizer);
        };
    }

    /** Formats a registration with its link. */
    private String line(Announcement.UnpaidRegistration one, Localizer localizer) {
        String name = SingleLine.of(one.conference().name());
        String link = publicUrl + "/open#" + one.token();
        String state = switch (one.status()) {
            case PENDING_REVIEW, PENDING_PAYMENT, REJECTED -> one.heldUntil() == null ? "released" : "held";
            case CONFIRMED -> "confirmed";
            case EXPIRED -> "expired";
            case CANCELLED -> "cancelled";
            case UNKNOWN -> "other";
        };
        String until = one.heldUntil() == null
                ? ""
                : localizer.instant(one.heldUntil(), one.conference().zone());
        return localizer.text("several-unpaid." + state, name, one.reference(), link, until);
    }

    private AnnouncementContent prices(
            String kind,
            String sentence,
            Announcement.Prices prices,
            Conference conference,
            Announcement.Reader reader,
            @Nullable Action leave,
            Localizer localizer) {
        String name = SingleLine.of(conference.name());
        String phase = SingleLine.of(prices.phase().name());
        String until = localizer.instant(prices.phase().until(), conference.zone());
        Announcement.@Nullable AnnouncedPhase next = prices.next();
        String after = next == null ? "" : SingleLine.of(next.name());
        String text = localizer.text(kind + "." + sentence, name, phase, until, after);
        List<String> notes = new ArrayList<>();
        notes.add(why(reader, name, localizer));
        if (conference.sample()) {
            notes.add(localizer.text("note.sample"));
        }
        return new AnnouncementContent(
                localizer.language(),
                localizer.text(kind + ".subject", name, until),
                localizer.text("news.greeting"),
                List.of(plain(text)),
                prices.of().isEmpty() ? null : localizer.text("news.prices"),
                prices.of().stream().map(price -> fact(price, localizer)).toList(),
                new Action(
                        localizer.text("news.register"), publicUrl + "/conferences/" + conference.slug() + "/register"),
                notes,
                leave);
    }

    private static Fact fact(Announcement.AnnouncedPrice price, Localizer localizer) {
        String now = localizer.money(price.now());
        return new Fact(
                SingleLine.of(price.name()),
                price.next() == null || price.next().equals(price.now())
                        ? now
                        : localizer.text("news.price-then", now, localizer.money(price.next())));
    }

    private static String why(Announcement.Reader reader, String conference, Localizer localizer) {
        return reader.topic() == null
                ? localizer.text("news.why-registered", conference)
                : localizer.text("news.why-asked", conference, localizer.text("topic." + reader.topic()));
    }

    private static String topics(List<String> topics, Localizer localizer) {
        return topics.stream().map(topic -> localizer.text("topic." + topic)).collect(Collectors.joining(", "));
    }

    /** Prefixes the conference's name unless the subject contains it. */
    private static String named(String conference, String subject) {
        return subject.contains(conference) ? subject : conference + ": " + subject;
    }

    private static AnnouncementContent.Paragraph plain(String sentence) {
        return new AnnouncementContent.Paragraph(sentence, List.of(new AnnouncementContent.Piece(sentence, null)));
    }
}
