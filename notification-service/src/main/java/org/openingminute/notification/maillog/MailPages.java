package org.openingminute.notification.maillog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.maillog.MailDesk.MailList;
import org.openingminute.notification.maillog.MailDesk.Place;
import org.openingminute.notification.maillog.MailView.MailWithBodies;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.notification.ops.DeskTexts;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.subscription.SubscriptionMail;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Filters;
import org.openingminute.ui.part.Pager;
import org.openingminute.ui.part.Tone;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

/** The pages for organisers on which mails stand. */
@Component
class MailPages {

    private static final List<String> STATES = List.of("failed", "bounced", "waiting", "sent", "superseded");

    private final Ids ids;

    MailPages(Ids ids) {
        this.ids = ids;
    }

    /**
     * What the address of the list says, beside where in it the page begins.
     *
     * @param to an address; empty for all
     * @param state empty for all, as is the kind
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
     * What came of a form.
     *
     * @param isSent whether a mail is on its way again
     * @param refusal why not; {@code null} where it is, or nothing was asked for
     */
    record Outcome(boolean isSent, @Nullable Problem refusal) {

        static final Outcome NONE = new Outcome(false, null);
    }

    /**
     * A mail in words.
     *
     * @param registration address of its page; {@code null} if it is about none
     * @param detail what came of it, in the words of the mail server; empty if there is nothing to say
     * @param resend where a form that sends it again goes; {@code null} if it cannot be
     * @param key which the form sends once
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
            @Nullable String resend,
            String key) {}

    /** The list of a conference's mails. */
    ModelAndView list(DeskPage page, Asked asked, MailList found, boolean isContinued, Outcome outcome) {
        DeskTexts texts = page.texts();
        String slug = page.conference().slug();
        @Nullable Place next = found.next();
        return shown(page, "desk-mails", texts.of("desk.mails.title"), found.items(), outcome)
                .addObject("asked", asked)
                .addObject("address", DeskEntry.MAILS.address(slug))
                .addObject("start", asked.address(slug, null))
                .addObject("isContinued", isContinued)
                .addObject("states", options(texts, "desk.mails.state.", STATES.stream(), asked.state()))
                .addObject(
                        "kinds",
                        options(
                                texts,
                                "desk.mails.kind.",
                                Stream.of(MailKind.codes(), SubscriptionMail.codes())
                                        .flatMap(Stream::of)
                                        .distinct(),
                                asked.kind()))
                .addObject(
                        "pager",
                        new Pager(
                                texts.of("desk.mails.shown", found.items().size()),
                                null,
                                next == null ? null : asked.address(slug, next)));
    }

    /** All mails of a registration. */
    ModelAndView ofRegistration(
            DeskPage page, RegistrationSnapshot registration, List<MailView> mails, Outcome outcome) {
        return shown(
                        page,
                        "desk-registration-mails",
                        page.texts().of("desk.mails.of", registration.reference()),
                        mails,
                        outcome)
                .addObject("registration", registration(page, registration.id()));
    }

    /** A mail as it was sent. */
    ModelAndView one(DeskPage page, MailWithBodies mail, Outcome outcome) {
        @Nullable String subject = mail.mail().subject();
        return shown(
                        page,
                        "desk-mail",
                        subject == null ? page.texts().of("desk.mails.unsent") : subject,
                        List.of(mail.mail()),
                        outcome)
                .addObject("text", mail.text());
    }

    private ModelAndView shown(DeskPage page, String template, String title, List<MailView> mails, Outcome outcome) {
        ModelAndView view = page.view(template, title)
                .addObject("mails", mails.stream().map(mail -> row(page, mail)).toList())
                .addObject("isSent", outcome.isSent());
        @Nullable Problem refusal = outcome.refusal();
        if (refusal != null) {
            String key = "desk.mails.refused." + refusal.code().wireName();
            view.addObject(
                    "refusal",
                    page.texts().find(key).orElseGet(() -> page.texts().of("desk.problem.other-text")));
            // A page that exchanges a part shows an answer that is good alone.
            view.setStatus(page.isPart() ? HttpStatus.OK : refusal.code().status());
        }
        return view;
    }

    private Row row(DeskPage page, MailView mail) {
        DeskTexts texts = page.texts();
        String slug = page.conference().slug();
        String address = DeskEntry.MAILS.address(slug) + "/" + mail.id();
        boolean isOver = !mail.state().equals("waiting") && !mail.state().equals("superseded");
        return new Row(
                mail.to(),
                address,
                texts.find("desk.mails.kind." + mail.kind()).orElse(mail.kind()),
                texts.find("desk.mails.state." + mail.state()).orElse(mail.state()),
                tone(mail.state()),
                page.time(mail.at()),
                detail(mail),
                mail.registration() == null ? null : registration(page, mail.registration()),
                isOver && MailDesk.isResendable(mail) ? address + "/resend" : null,
                ids.next().toString());
    }

    private static String registration(DeskPage page, UUID registration) {
        return DeskEntry.REGISTRATIONS.address(page.conference().slug()) + "/" + registration;
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
}
