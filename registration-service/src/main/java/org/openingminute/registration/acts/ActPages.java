package org.openingminute.registration.acts;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.conferences.RevisionTag;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.deskpages.DeskActs;
import org.openingminute.registration.deskpages.DeskFrame;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.registrations.Registrations;
import org.openingminute.registration.registrations.TimelineRepository;
import org.openingminute.registration.sale.Money;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Choice;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/**
 * The pages of an act: form, preview, result. An act is executed only at the revision that the preview showed; otherwise the preview is
 * shown again with what has changed. The form's idempotency key makes a repeated submission act once.
 */
@Component
class ActPages {

    private static final String DO = "do";
    private static final String EDIT = "edit";

    /** The languages of mails; each is named in its own language. */
    private static final List<Choice> LANGUAGES = List.of(new Choice("en", "English"), new Choice("de", "Deutsch"));

    private final DeskFrame frame;
    private final Registrations registrations;
    private final Acts acts;
    private final Admissions admissions;
    private final ActCommands commands;

    ActPages(DeskFrame frame, Registrations registrations, Acts acts, Admissions admissions, ActCommands commands) {
        this.frame = frame;
        this.registrations = registrations;
        this.acts = acts;
        this.admissions = admissions;
        this.commands = commands;
    }

    /** The act, the registration and the page in one request. */
    private record Subject(Act act, DeskPage page, Registration registration) {

        Localizer localizer() {
            return page.localizer();
        }

        String address() {
            return "/desk/" + registration.conference() + "/registrations/" + registration.id();
        }

        ModelAndView view(String template) {
            String title = localizer().of("desk.act." + act.path());
            return page.view(template, localizer().of("act.title", title, registration.reference()))
                    .addObject("heading", title)
                    .addObject("act", act.path())
                    .addObject("registration", address())
                    .addObject("address", address() + "/" + act.path())
                    .addObject("reference", registration.reference())
                    .addObject("person", registration.contact().name())
                    .addObject(
                            "status",
                            ActEffects.status(localizer(), registration.status().wireName()));
        }
    }

    /** Shows the initial form. */
    ModelAndView blank(Act act, String slug, UUID id, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = frame.open(request, response, act.permission(), slug, DeskEntry.REGISTRATIONS);
        Registration registration = registrations.open(id, slug, page.staff());
        return form(new Subject(act, page, registration), commands.blank(act, registration, page.conference()), null);
    }

    /** Handles a submitted form: shows the preview, shows the form again, or executes the act. */
    @Nullable
    ModelAndView sent(Act act, String slug, UUID id, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = frame.open(request, response, act.permission(), slug, DeskEntry.REGISTRATIONS);
        ActForm form = ActForm.sent(request);
        String step = form.value(ActForm.STEP);
        Registration registration =
                step.equals(DO) ? registrations.of(id, slug) : registrations.open(id, slug, page.staff());
        Subject subject = new Subject(act, page, registration);
        try {
            if (step.equals(EDIT)) {
                return form(subject, form, null);
            }
            if (!step.equals(DO)) {
                int seen = registrations.timeline(registration.id()).size();
                return preview(subject, form, seen, foreseen(subject, form));
            }
            admissions.executeForReply(command(subject, form, RevisionTag.revision(form.value(ActForm.REVISION))));
        } catch (Problem problem) {
            return isOutdated(problem)
                    ? previewAfterChange(
                            new Subject(act, page, registrations.open(id, slug, page.staff())), form, problem)
                    : refused(new Subject(act, page, registrations.of(id, slug)), form, problem, response);
        }
        Redirects.seeOther(response, subject.address() + "?done=" + act.path());
        return null;
    }

    private Command.AtRevision command(Subject subject, ActForm form, @Nullable Long ifRevision) {
        return commands.of(subject.act(), form, subject.registration(), subject.page(), ifRevision);
    }

    /** Builds the form or, if the registration's state rules the act out, only the refusal or that reason. */
    private ModelAndView form(Subject subject, ActForm form, @Nullable String refusal) {
        Registration registration = subject.registration();
        Localizer localizer = subject.localizer();
        boolean possible = isPossible(subject.act(), registration);
        return subject.view("desk-act")
                .addObject("possible", possible)
                .addObject("form", form)
                .addObject(
                        "errors",
                        form.summary(
                                "act-",
                                field -> localizer.find("act.field." + field).orElse(field)))
                .addObject("refusal", possible || refusal != null ? refusal : notAllowedNow(subject))
                .addObject(
                        "lead",
                        localizer.of("act." + subject.act().path() + ".lead", localizer.money(registration.total())))
                .addObject("currency", registration.total().currency())
                .addObject("languages", LANGUAGES)
                .addObject("offer", offer(subject))
                .addObject("left", localizer.money(registration.money().left()))
                .addObject(
                        "extents",
                        List.of(
                                new Choice(
                                        ActCommands.Extent.POLICY.code(),
                                        localizer.of(
                                                "act.cancel.policy", localizer.money(commands.byPolicy(registration)))),
                                new Choice(
                                        ActCommands.Extent.FULL.code(),
                                        localizer.of("act.cancel.full", localizer.money(registration.refundInFull()))),
                                new Choice(ActCommands.Extent.SUM.code(), localizer.of("act.cancel.sum"))));
    }

    /** While a transfer is being booked, the same transfer may be marked again. */
    private static boolean isPossible(Act act, Registration registration) {
        return DeskActs.isPossible(act.path(), registration) || (act == Act.MARK_PAID && registration.isBeingBooked());
    }

    /** Returns what is offered; empty if the act is another one or if there is no offer. */
    private static List<String> offer(Subject subject) {
        Registration registration = subject.registration();
        Registration.@Nullable Offer offer = registration.offer();
        return subject.act() == Act.ACCEPT_OFFER && offer != null
                ? new ActEffects(registration, subject.page().conference(), subject.localizer()).offer(offer)
                : List.of();
    }

    private ActPreview foreseen(Subject subject, ActForm form) {
        return acts.foresee(command(subject, form, null));
    }

    /** @param seen number of timeline entries that were read before the preview was computed */
    private static ModelAndView preview(Subject subject, ActForm form, int seen, ActPreview foreseen) {
        return subject.view("desk-act-preview")
                .addObject("form", form.shown(foreseen.revision(), seen, foreseen.refund()))
                .addObject("nothing", isWithoutEffect(subject, form))
                .addObject(
                        "effects",
                        new ActEffects(subject.registration(), subject.page().conference(), subject.localizer())
                                .of(subject.act(), form, foreseen));
    }

    private static boolean isWithoutEffect(Subject subject, ActForm form) {
        Registration.Contact contact = subject.registration().contact();
        return subject.act() == Act.CORRECT_CONTACT
                && contact.corrected(form.contact()).equals(contact);
    }

    /** Whether the preview is outdated, because the registration changed or because the refund depends on the time. */
    private static boolean isOutdated(Problem problem) {
        return problem.code() == CommonProblem.CHANGED || problem.members().containsKey(Decisions.REFUND_NOW);
    }

    private ModelAndView previewAfterChange(Subject subject, ActForm form, Problem why) {
        List<TimelineRepository.Entry> lines =
                registrations.timeline(subject.registration().id());
        List<String> changes = new ArrayList<>();
        subject.page()
                .visible(lines.subList(seen(form, lines.size()), lines.size()))
                .forEach(line -> changes.add(line(line, subject)));
        ModelAndView view;
        try {
            ActPreview foreseen = foreseen(subject, form);
            changeOfRefund(subject, form, foreseen).ifPresent(changes::add);
            view = preview(subject, form, lines.size(), foreseen);
            view.setStatus(HttpStatus.PRECONDITION_FAILED);
        } catch (Problem problem) {
            view = form(subject, form, refusal(subject, problem));
            view.setStatus(problem.code().status());
        }
        boolean ofRegistration = why.code() == CommonProblem.CHANGED;
        return view.addObject("changed", subject.localizer().of(ofRegistration ? "act.changed" : "act.changed-refund"))
                .addObject("changes", changes);
    }

    private static Optional<String> changeOfRefund(Subject subject, ActForm form, ActPreview foreseen) {
        Localizer localizer = subject.localizer();
        String currency = subject.registration().total().currency();
        Money now = Objects.requireNonNullElse(foreseen.refund(), Money.zero(currency));
        return form.shownRefund(currency)
                .filter(shown -> !shown.equals(now))
                .map(shown -> localizer.of("act.change-of-refund", localizer.money(now), localizer.money(shown)));
    }

    private static int seen(ActForm form, int all) {
        String seen = form.value(ActForm.SEEN);
        return seen.matches("\\d{1,6}") ? Math.min(Integer.parseInt(seen), all) : all;
    }

    /** Formats a timeline entry. If a later version wrote it with an unknown code, its own text is used. */
    private static String line(TimelineRepository.Entry line, Subject subject) {
        Localizer localizer = subject.localizer();
        @Nullable TimelineNote note = line.note();
        String what = note == null
                ? line.what()
                : localizer.find("timeline." + note.code().wireName()).orElse(line.what());
        String at = subject.page().times().at(line.at()).text();
        return note == null || note.parameters().amount() == null
                ? localizer.of("act.change", at, what)
                : localizer.of(
                        "act.change-of-money",
                        at,
                        what,
                        localizer.money(note.parameters().amount()));
    }

    /** Shows the form again with all input and its errors. */
    private ModelAndView refused(Subject subject, ActForm form, Problem problem, HttpServletResponse response) {
        boolean ofFields = !problem.errors().isEmpty();
        ModelAndView view = form(
                subject,
                form.withErrors(
                        problem.errors(), subject.localizer(), subject.page().times()),
                ofFields ? null : refusal(subject, problem));
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        view.setStatus(problem.code().status());
        return view;
    }

    private static String refusal(Subject subject, Problem problem) {
        Localizer localizer = subject.localizer();
        Registration registration = subject.registration();
        if (problem.code() != CommonProblem.NOT_ALLOWED_NOW) {
            return localizer
                    .find("act.refused." + problem.code().wireName())
                    .orElseGet(() -> localizer.of("act.refused.other"));
        }
        return subject.act() == Act.MARK_PAID
                        && registration.status() == Status.PENDING_PAYMENT
                        && !registration.isBeingBooked()
                ? localizer.of("act.refused.marked-before")
                : notAllowedNow(subject);
    }

    /** Explains why the registration's state does not allow the act. */
    private static String notAllowedNow(Subject subject) {
        Localizer localizer = subject.localizer();
        Registration registration = subject.registration();
        if (registration.money().disputeOpen()) {
            return localizer.of("act.refused.disputed");
        }
        if (registration.isBeingBooked()) {
            return localizer.of("act.refused.being-booked");
        }
        String status = ActEffects.status(localizer, registration.status().wireName());
        return localizer
                .find("act.refused.not-allowed-now." + subject.act().path(), status)
                .orElseGet(() -> localizer.of("act.refused.not-allowed-now", status));
    }
}
