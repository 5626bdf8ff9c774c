package org.openingminute.notification.maillog;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.Problems;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.notification.maillog.MailLogRepository.Selected;
import org.openingminute.notification.maillog.Resends.Foreseen;
import org.openingminute.notification.maillog.Resends.ForeseenCopy;
import org.openingminute.notification.ops.BusinessOffsets;
import org.openingminute.notification.ops.BusinessOffsets.OffsetHistory;
import org.openingminute.notification.ops.DeskFrame;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.notification.ops.DeskTexts;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Choice;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The pages on which organisers resend one or many of a conference's mails: form, preview, result. Mails that failed after the preview was
 * shown are not included. A form acts once, however often it is submitted.
 */
@Hidden
@Controller
@RequestMapping("/desk/{slug}/mails")
class ResendPageController {

    private static final String PAGE = "/resend";
    private static final String DO = "do";
    private static final String EDIT = "edit";

    /** Marks readers who return to a registration's mails afterwards. */
    private static final String REGISTRATION = "registration";

    private final DeskFrame frame;
    private final MailDesk desk;
    private final Resends resends;
    private final MailLogRepository mails;
    private final BusinessOffsets offsets;
    private final Ids ids;

    ResendPageController(
            DeskFrame frame,
            MailDesk desk,
            Resends resends,
            MailLogRepository mails,
            BusinessOffsets offsets,
            Ids ids) {
        this.frame = frame;
        this.desk = desk;
        this.resends = resends;
        this.mails = mails;
        this.offsets = offsets;
        this.ids = ids;
    }

    /** A labelled list of texts. */
    record Fact(String label, List<String> texts) {

        private static Fact of(String label, String text) {
            return new Fact(label, List.of(text));
        }
    }

    /** The mails to resend and the pages of one request. */
    private abstract static class Resend {

        final DeskPage page;
        final DeskTexts texts;
        final String back;
        private final String prefix;
        private final String address;

        /**
         * @param prefix of the message keys that only these pages use
         * @param address of the pages
         * @param back address to which the pages lead back
         */
        Resend(DeskPage page, String prefix, String address, String back) {
            this.page = page;
            this.texts = page.texts();
            this.prefix = prefix;
            this.address = address;
            this.back = back;
        }

        private ModelAndView view(String template, ResendForm form) {
            return page.view(template, texts.of(prefix + "title"))
                    .addObject("address", address)
                    .addObject("back", back)
                    .addObject("form", form);
        }

        /** @param refusal why it was refused, if no field is at fault; {@code null} otherwise */
        ModelAndView form(ResendForm form, @Nullable String refusal) {
            return view("desk-resend", form)
                    .addObject("lead", texts.of(prefix + "lead"))
                    .addObject("refusal", refusal)
                    .addObject("errors", form.summary("resend-", field -> texts.of("desk.resend." + field)));
        }

        ModelAndView preview(ResendForm form, String foreseen, List<Fact> facts) {
            return view("desk-resend-preview", form)
                    .addObject("foreseen", foreseen)
                    .addObject("facts", facts)
                    .addObject("act", texts.of(prefix + "do"));
        }

        Fact kind(String kind) {
            return Fact.of(texts.of("desk.mails.kind"), kindText(texts, kind));
        }

        Fact reason(String reason) {
            return Fact.of(texts.of("desk.resend.reason"), reason);
        }

        /**
         * Builds the preview of a form.
         *
         * @throws Problem if the form would be refused
         */
        abstract ModelAndView preview(ResendForm form);

        /**
         * Executes a form.
         *
         * @return the address to redirect to
         * @throws Problem if it is refused
         */
        abstract String act(ResendForm form);
    }

    /** Shows the form for all mails that reached nobody, preset with the filters of the list that the reader comes from. */
    @GetMapping(PAGE)
    ModelAndView many(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String kind,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        Map<String, String> values = new LinkedHashMap<>();
        values.put(ResendForm.STATE, MailSelection.STATES.contains(state) ? state : ResendForm.ALL);
        values.put(ResendForm.KIND, MailSelection.kinds().anyMatch(kind::equals) ? kind : ResendForm.ALL);
        mails.oldest(slug, MailSelection.STATES)
                .map(oldest -> offsets.history()
                        .businessTime(oldest)
                        .atZone(page.conference().zone())
                        .toLocalDateTime()
                        .truncatedTo(ChronoUnit.MINUTES))
                .ifPresent(oldest -> values.put(ResendForm.SINCE, oldest.toString()));
        return manyOf(page).form(new ResendForm(values), null);
    }

    /** Handles the submitted form: shows the preview, shows the form again, or resends and redirects to the list. */
    @PostMapping(path = PAGE, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Nullable
    ModelAndView manySent(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        return sent(manyOf(open(slug, request, response)), request, response);
    }

    /**
     * Shows the form for one mail.
     *
     * @param from {@link #REGISTRATION}, or anything else for the mail's own page
     */
    @GetMapping("/{id}" + PAGE)
    ModelAndView one(
            @PathVariable String slug,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String from,
            HttpServletRequest request,
            HttpServletResponse response) {
        return oneOf(open(slug, request, response), id, from).form(new ResendForm(Map.of()), null);
    }

    /** Handles the submitted form for one mail, and redirects to the page that the reader came from. */
    @PostMapping(path = "/{id}" + PAGE, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Nullable
    ModelAndView oneSent(
            @PathVariable String slug,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String from,
            HttpServletRequest request,
            HttpServletResponse response) {
        return sent(oneOf(open(slug, request, response), id, from), request, response);
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.MAILS);
    }

    private Resend oneOf(DeskPage page, String id, String from) {
        String slug = page.conference().slug();
        MailView mail = Ids.read(id)
                .map(known -> desk.require(slug, known))
                .orElseThrow(Problem::notFound)
                .mail();
        Instant at = offsets.history().businessTime(mail.at());
        String own = DeskEntry.MAILS.address(slug) + "/" + mail.id();
        @Nullable UUID registration = from.equals(REGISTRATION) ? mail.registration() : null;
        return registration == null
                ? new One(page, mail, at, own + PAGE, own)
                : new One(
                        page,
                        mail,
                        at,
                        own + PAGE + "?from=" + REGISTRATION,
                        DeskEntry.REGISTRATIONS.address(slug) + "/" + registration + "/mails");
    }

    private Resend manyOf(DeskPage page) {
        String list = DeskEntry.MAILS.address(page.conference().slug());
        return new Many(page, list + PAGE, list);
    }

    private static @Nullable ModelAndView sent(
            Resend resend, HttpServletRequest request, HttpServletResponse response) {
        ResendForm form = ResendForm.sent(request);
        String step = form.value(ResendForm.STEP);
        if (step.equals(EDIT)) {
            return resend.form(form, null);
        }
        try {
            if (!step.equals(DO)) {
                return resend.preview(form);
            }
            response.setHeader(HttpHeaders.LOCATION, resend.act(form));
            response.setStatus(HttpStatus.SEE_OTHER.value());
            return null;
        } catch (RuntimeException e) {
            return refused(resend, form, Problems.known(e).orElseThrow(() -> e), response);
        }
    }

    /** Shows the form again with all input and its errors. */
    private static ModelAndView refused(Resend resend, ResendForm form, Problem problem, HttpServletResponse response) {
        ResendForm wrong = form.withErrors(problem.errors(), resend.texts);
        String refusal = resend.texts
                .find("desk.resend.refused." + problem.code().wireName())
                .orElseGet(() -> resend.texts.of("desk.problem.other-text"));
        ModelAndView view = resend.form(wrong, wrong.errors().isEmpty() ? refusal : null);
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        view.setStatus(problem.code().status());
        return view;
    }

    private static String stateText(DeskTexts texts, String state) {
        return state.equals(ResendForm.ALL) ? texts.of("desk.resend.all") : MailPages.state(texts, state);
    }

    private static String kindText(DeskTexts texts, String kind) {
        return kind.equals(ResendForm.ALL) ? texts.of("desk.mails.all") : MailPages.kind(texts, kind);
    }

    /** Resends one mail as a copy. */
    private final class One extends Resend {

        private final MailView mail;
        private final Instant at;

        /** @param at when it entered its state, in business time */
        One(DeskPage page, MailView mail, Instant at, String address, String back) {
            super(page, "desk.resend.one.", address, back);
            this.mail = mail;
            this.at = at;
        }

        private Fact recipient(String address) {
            return Fact.of(texts.of("desk.mails.recipient"), address);
        }

        @Override
        ModelAndView form(ResendForm form, @Nullable String refusal) {
            return super.form(form, refusal)
                    .addObject(
                            "facts",
                            List.of(
                                    kind(mail.kind()),
                                    recipient(mail.to()),
                                    Fact.of(texts.of("desk.mails.state"), stateText(texts, mail.state())),
                                    Fact.of(texts.of("desk.mails.since"), page.time(at))));
        }

        @Override
        ModelAndView preview(ResendForm form) {
            Fact reason = reason(form.reason());
            ForeseenCopy copy = desk.foresee(mail.id(), page.staff().person());
            if (copy.waits()) {
                return form(form, texts.of("desk.resend.one.waits", copy.recipient()));
            }
            return preview(
                    form.shown(ids.next().toString(), mails.now()),
                    texts.of("desk.resend.one.foreseen", copy.recipient()),
                    List.of(kind(mail.kind()), recipient(copy.recipient()), reason));
        }

        @Override
        String act(ResendForm form) {
            String why = form.reason();
            String key = IdempotencyKey.required(form.value(ResendForm.KEY));
            desk.resend(mail.id(), page.staff().person(), why, key);
            return back + "?sent";
        }
    }

    /** Resends the mails of a selection that reached nobody. */
    private final class Many extends Resend {

        private final Set<String> conferences;

        Many(DeskPage page, String address, String back) {
            super(page, "desk.resend.", address, back);
            this.conferences = Set.of(page.conference().slug());
        }

        @Override
        ModelAndView form(ResendForm form, @Nullable String refusal) {
            return super.form(form, refusal)
                    .addObject("zone", page.conference().timeZone())
                    .addObject(
                            "states",
                            Stream.of(ResendForm.ALL, "failed", "bounced")
                                    .map(state -> new Choice(state, stateText(texts, state)))
                                    .toList())
                    .addObject(
                            "kinds",
                            Stream.concat(Stream.of(ResendForm.ALL), MailSelection.kinds())
                                    .map(kind -> new Choice(kind, kindText(texts, kind)))
                                    .toList());
        }

        @Override
        ModelAndView preview(ResendForm form) {
            Instant now = mails.now();
            OffsetHistory history = offsets.history();
            ResendForm shown = form.shown(ids.next().toString(), now);
            MailSelection selection = shown.order(page, history, now).selection();
            Foreseen foreseen = resends.foresee(selection, conferences);
            Selected all = foreseen.all();
            if (all.mails() == 0) {
                return form(form, texts.of("desk.resend.none", all.left()));
            }
            @Nullable Instant until = selection.until();
            return preview(
                            shown,
                            texts.of("desk.resend.foreseen", all.mails(), all.people()),
                            List.of(
                                    Fact.of(
                                            texts.of("desk.resend.state"),
                                            stateText(texts, form.value(ResendForm.STATE))),
                                    kind(form.value(ResendForm.KIND)),
                                    Fact.of(
                                            texts.of("desk.resend.since"),
                                            page.time(history.businessTime(selection.since()))),
                                    Fact.of(
                                            texts.of("desk.resend.until"),
                                            until == null ? MailPages.NOTHING : page.time(history.businessTime(until))),
                                    new Fact(texts.of("desk.resend.left-out"), MailPages.leftOut(texts, foreseen)),
                                    reason(form.value(ResendForm.REASON))))
                    .addObject("kinds", MailPages.kinds(texts, foreseen));
        }

        @Override
        String act(ResendForm form) {
            Resends.ManyOrder order = form.order(page, offsets.history(), mails.now());
            int resent = resends.orderAll(order, IdempotencyKey.required(form.value(ResendForm.KEY)))
                    .mails();
            return back + "?again=" + resent;
        }
    }
}
