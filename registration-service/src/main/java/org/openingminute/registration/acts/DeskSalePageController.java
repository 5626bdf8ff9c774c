package org.openingminute.registration.acts;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Command.SellAtDesk.PaidAtDesk;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.RegisterDecision.Quotes;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.deskpages.DeskFrame;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.pages.RegisterPage;
import org.openingminute.registration.pages.RegistrationForm;
import org.openingminute.registration.sale.Pricing.Quote;
import org.openingminute.registration.sale.RegistrationRequest;
import org.openingminute.ui.desk.DeskEntry;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.node.ObjectNode;

/** The page on which staff sell seats to people who stand at the desk: the public form, with what was paid. */
@Controller
@RequestMapping("/desk/{slug}/registrations/new")
class DeskSalePageController {

    private static final String AMOUNT = "paid.amount";
    private static final String REFERENCE = "paid.reference";

    private final DeskFrame frame;
    private final Conferences conferences;
    private final Admissions admissions;
    private final Ids ids;

    DeskSalePageController(DeskFrame frame, Conferences conferences, Admissions admissions, Ids ids) {
        this.frame = frame;
        this.conferences = conferences;
        this.admissions = admissions;
        this.ids = ids;
    }

    @GetMapping
    ModelAndView blank(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        return shown(
                page,
                RegistrationForm.blank(
                        ids.next().toString(), 1, page.localizer().locale().getLanguage()));
    }

    /** Sells, or returns the form with another number of attendees or with the price, by the button that was pressed. */
    @PostMapping
    @Nullable
    ModelAndView sent(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        RegistrationForm form = RegistrationForm.sent(request);
        Optional<RegistrationForm> resized = form.resized();
        if (resized.isPresent()) {
            return shown(page, resized.get());
        }
        try {
            if (form.value("action").equals("price")) {
                Quote quote = Quotes.quote(page.conference(), read(body(page, form)), page.now());
                String taken = form.value(AMOUNT);
                return shown(page, form.with(AMOUNT, taken.isEmpty() ? ActFields.written(quote.total()) : taken))
                        .addObject("price", RegisterPage.price(quote, page.localizer()));
            }
            Result.Done done = admissions.executeForReply(command(page, form));
            Redirects.seeOther(response, "/desk/" + slug + "/registrations/" + done.registration() + "?done=sell");
            return null;
        } catch (Problem problem) {
            return refused(page, form, problem, response);
        }
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.REGISTRATIONS);
    }

    private ModelAndView shown(DeskPage page, RegistrationForm form) {
        Conference conference = page.conference();
        return page.view("desk-sale", page.localizer().of("desk.act.sell"))
                .addObject("form", form)
                .addObject("address", "/desk/" + conference.slug() + "/registrations/new")
                .addObject("list", DeskEntry.REGISTRATIONS.address(conference.slug()))
                .addObject("currency", conference.definition().registration().currency())
                .addObject(
                        "page",
                        RegisterPage.of(conference, conferences.availability(conference.slug()), page.localizer()));
    }

    /** The form again, with all input and its errors. */
    private ModelAndView refused(DeskPage page, RegistrationForm form, Problem problem, HttpServletResponse response) {
        List<FieldError> errors =
                problem.errors().stream().map(DeskSalePageController::onForm).toList();
        ModelAndView view = shown(page, form.withErrors(errors, page.localizer(), page.times()));
        if (errors.isEmpty()) {
            view.addObject("refusal", refusal(problem, page));
        }
        problem.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        view.setStatus(problem.code().status());
        return view;
    }

    /** In words for whoever sells, else in those of the form that everybody knows. */
    private static String refusal(Problem problem, DeskPage page) {
        return page.localizer()
                .find("desk.sell.refused." + problem.code().wireName())
                .orElseGet(() -> RegisterPage.refusal(problem, page.conference(), page.localizer()));
    }

    /** What is wrong with the payment as a whole stands at its amount. */
    private static FieldError onForm(FieldError error) {
        return error.field().equals("paid")
                ? new FieldError(AMOUNT, error.code(), error.message(), error.parameters())
                : error;
    }

    private static Command.SellAtDesk command(DeskPage page, RegistrationForm form) {
        String slug = page.conference().slug();
        IdempotencyKey key = new IdempotencyKey("desk-sale:" + slug, IdempotencyKey.required(form.value("key")));
        @Nullable PaidAtDesk paid = paid(page, form);
        ObjectNode body = body(page, form);
        RegistrationRequest request = read(body);
        body.put(AMOUNT, form.value(AMOUNT)).put(REFERENCE, form.value(REFERENCE));
        return new Command.SellAtDesk(
                new Command.Register(slug, key, RequestHash.of(body), request),
                paid,
                page.staff().person());
    }

    /** Nothing where there is nothing to pay. */
    private static @Nullable PaidAtDesk paid(DeskPage page, RegistrationForm form) {
        if (form.value(AMOUNT).matches("[0.,]*") && form.value(REFERENCE).isEmpty()) {
            return null;
        }
        ActFields fields = new ActFields(form::value);
        String reference = fields.text(REFERENCE);
        PaidAtDesk paid = new PaidAtDesk(
                reference,
                fields.amount(
                        AMOUNT, page.conference().definition().registration().currency()));
        fields.requireRight();
        return paid;
    }

    private static ObjectNode body(DeskPage page, RegistrationForm form) {
        return form.body(page.conference().definition().registration().addOns());
    }

    private static RegistrationRequest read(ObjectNode body) {
        return JsonBody.readKnown(body, RegistrationRequest.class);
    }
}
