package org.openingminute.notification.maillog;

import java.text.NumberFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.maillog.MailDesk.MailList;
import org.openingminute.notification.maillog.MailDesk.Place;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.maillog.Resends.Foreseen;
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.notification.ops.DeskTexts;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Filters;
import org.openingminute.ui.part.Pager;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Tone;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

/** Builds organisers' pages about mails; times are business time. */
final class MailPages {

    /** Shown in place of a missing time or number. */
    static final String NOTHING = "–";

    private static final List<String> STATES = List.of("failed", "bounced", "waiting", "sent", "superseded");

    private MailPages() {}

    /**
     * The filters in the list's address.
     *
     * @param to an address; empty for all
     * @param state empty for all
     * @param kind empty for all
     */
    record Asked(String to, String state, String kind) {

        private String address(String slug, @Nullable Place from) {
            UriComponentsBuilder address = UriComponentsBuilder.fromPath(DeskEntry.MAILS.address(slug));
            Map.of("to", to, "state", state, "kind", kind).entrySet().stream()
                    .filter(one -> !one.getValue().isEmpty())
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(one -> address.queryParam(one.getKey(), "{" + one.getKey() + "}"));
            if (from != null) {
                address.queryParam("after", from.after())
                        .queryParamIfPresent("others", from.isOthers() ? Optional.of(true) : Optional.empty());
            }
            return address.encode()
                    .buildAndExpand(Map.of("to", to, "state", state, "kind", kind))
                    .toUriString();
        }
    }

    /**
     * A row of the list, translated.
     *
     * @param at business time
     * @param registration address of its page; {@code null} if the mail is about none
     * @param detail the outcome in the mail server's words; empty if there is none
     * @param resend address of the form that resends it; {@code null} if it cannot be resent
     */
    record Row(
            String to,
            String address,
            String kind,
            String state,
            Tone tone,
            String at,
            String detail,
            @Nullable String registration,
            @Nullable String resend) {}

    /** Builds the list of a conference's mails. */
    static ModelAndView list(DeskPage page, OffsetHistory history, Asked asked, MailList found, boolean isContinued) {
        DeskTexts texts = page.texts();
        String slug = page.conference().slug();
        @Nullable Place next = found.next();
        return shown(page, history, "desk-mails", texts.of("desk.mails.title"), found.items())
                .addObject("asked", asked)
                .addObject("address", DeskEntry.MAILS.address(slug))
                .addObject("many", DeskEntry.MAILS.address(slug) + "/resend")
                .addObject("start", asked.address(slug, null))
                .addObject("isContinued", isContinued)
                .addObject("states", options(texts, "desk.mails.state.", STATES.stream(), asked.state()))
                .addObject("kinds", options(texts, "desk.mails.kind.", MailSelection.kinds(), asked.kind()))
                .addObject(
                        "pager",
                        new Pager(
                                texts.of("desk.mails.shown", found.items().size()),
                                null,
                                next == null ? null : asked.address(slug, next)));
    }

    /**
     * Builds the list of a registration's mails.
     *
     * @param isSent whether one of them was just resent
     */
    static ModelAndView ofRegistration(
            DeskPage page,
            OffsetHistory history,
            RegistrationSnapshot registration,
            List<MailView> mails,
            boolean isSent) {
        return shown(
                        page,
                        history,
                        "desk-registration-mails",
                        page.texts().of("desk.mails.of", registration.reference()),
                        mails)
                .addObject("isSent", isSent)
                .addObject("registration", registration(page, registration.id()));
    }

    /**
     * Builds the page of a mail as it was sent.
     *
     * @param isSent whether it was just resent
     */
    static ModelAndView one(DeskPage page, OffsetHistory history, MailWithBodies mail, boolean isSent) {
        @Nullable String subject = mail.mail().subject();
        return shown(
                        page,
                        history,
                        "desk-mail",
                        subject == null ? page.texts().of("desk.mails.unsent") : subject,
                        List.of(mail.mail()))
                .addObject("isSent", isSent)
                .addObject("text", mail.text());
    }

    private static ModelAndView shown(
            DeskPage page, OffsetHistory history, String template, String title, List<MailView> mails) {
        return page.view(template, title)
                .addObject(
                        "mails",
                        mails.stream()
                                .map(mail -> row(page, mail, history.businessTime(mail.at())))
                                .toList());
    }

    private static Row row(DeskPage page, MailView mail, Instant at) {
        DeskTexts texts = page.texts();
        String slug = page.conference().slug();
        String address = DeskEntry.MAILS.address(slug) + "/" + mail.id();
        boolean isOver = !mail.state().equals("waiting") && !mail.state().equals("superseded");
        return new Row(
                mail.to(),
                address,
                kind(texts, mail.kind()),
                state(texts, mail.state()),
                tone(mail.state()),
                page.time(at),
                detail(mail),
                mail.registration() == null ? null : registration(page, mail.registration()),
                isOver && MailDesk.isResendable(mail) ? address + "/resend" : null);
    }

    private static String registration(DeskPage page, UUID registration) {
        return DeskEntry.REGISTRATIONS.address(page.conference().slug()) + "/" + registration;
    }

    /** Returns the name of a kind, or its code if this version does not know the kind. */
    static String kind(DeskTexts texts, String kind) {
        return texts.find("desk.mails.kind." + kind).orElse(kind);
    }

    /** Returns the name of a state, or its code if this version does not know the state. */
    static String state(DeskTexts texts, String state) {
        return texts.find("desk.mails.state." + state).orElse(state);
    }

    private static String detail(MailView mail) {
        return Stream.of(mail.reason(), mail.state().equals("sent") ? null : mail.lastAnswer())
                .flatMap(Stream::ofNullable)
                .distinct()
                .reduce((one, other) -> one + " " + other)
                .orElse("");
    }

    private static Tone tone(String state) {
        return switch (state) {
            case "sent" -> Tone.GOOD;
            case "waiting" -> Tone.WAIT;
            case "failed", "bounced" -> Tone.BAD;
            default -> Tone.NEUTRAL;
        };
    }

    private static List<Filters.Option> options(DeskTexts texts, String prefix, Stream<String> values, String chosen) {
        return Stream.concat(
                        Stream.of(new Filters.Option("", texts.of("desk.mails.all"), chosen.isEmpty())),
                        values.map(value -> new Filters.Option(
                                value, texts.find(prefix + value).orElse(value), value.equals(chosen))))
                .toList();
    }

    /** Builds the table of mails that would be resent, by kind. */
    static Table kinds(DeskTexts texts, Foreseen foreseen) {
        NumberFormat number = NumberFormat.getIntegerInstance(texts.language());
        return new Table(
                texts.of("desk.resend.kinds"),
                List.of(
                        new Table.Column(texts.of("desk.mails.kind"), false),
                        new Table.Column(texts.of("desk.resend.mails"), true),
                        new Table.Column(texts.of("desk.resend.people"), true),
                        new Table.Column(texts.of("desk.resend.passed"), true)),
                foreseen.kinds().stream()
                        .map(one -> List.of(
                                new Table.Cell(kind(texts, one.kind())),
                                new Table.Cell(number.format(one.mails())),
                                new Table.Cell(number.format(one.people())),
                                new Table.Cell(foreseen.passedOf(one)
                                        .map(number::format)
                                        .orElse(NOTHING))))
                        .toList());
    }

    /** Describes which mails of a selection would not be resent. */
    static List<String> leftOut(DeskTexts texts, Foreseen foreseen) {
        List<String> leftOut = new ArrayList<>();
        int newer = foreseen.all().left();
        if (newer > 0) {
            leftOut.add(texts.of("desk.resend.left-out.newer", newer));
        }
        long passed = foreseen.sumOfPassed();
        if (passed > 0) {
            leftOut.add(texts.of("desk.resend.left-out.passed", passed));
        }
        if (foreseen.kinds().stream().anyMatch(kind -> foreseen.passedOf(kind).isEmpty())) {
            leftOut.add(texts.of("desk.resend.left-out.not-counted"));
        }
        return leftOut.isEmpty() ? List.of(texts.of("desk.resend.left-out.nothing")) : leftOut;
    }
}
