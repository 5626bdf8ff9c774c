package org.openingminute.registration.acts;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.admission.Admissions;
import org.openingminute.registration.admission.Admissions.ForeseenSale;
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
import org.openingminute.registration.sale.Money;
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

/** The page for sales at the desk: the public form and the payment taken. */
@Controller
@RequestMapping("/desk/{slug}/registrations/new")
class DeskSalePageController {

    private static final String AMOUNT = "paid.amount";
    private static final String REFERENCE = "paid.reference";
    private static final String REASON = "reason";

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

    /** Sells, or returns the form with another number of attendees or with a preview of the sale, depending on the pressed button. */
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
                return priced(page, form);
            }
            Command.SellAtDesk sale = command(page, form);
            if (sale.paid() == null && sale.why() == null) {
                // The decision checks whether a payment is missing or superfluous.
                admissions.foresee(sale);
                throw Problem.invalid(REASON, "required", "is required where there is nothing to pay");
            }
            Result.Done done = admissions.executeForReply(sale);
            Redirects.seeOther(response, "/desk/" + slug + "/registrations/" + done.registration() + "?done=sell");
            return null;
        } catch (Problem problem) {
            return refused(page, form, problem, response);
        }
    }

    /** Returns the form with its price and, if it is complete, with the effects of the sale. */
    private ModelAndView priced(DeskPage page, RegistrationForm form) {
        Quote quote = Quotes.quote(page.conference(), read(body(page, form)), page.now());
        String taken = form.value(AMOUNT);
        return shown(page, form.with(AMOUNT, taken.isEmpty() ? ActFields.written(quote.total()) : taken))
                .addObject("price", RegisterPage.price(quote, page.localizer()))
                .addObject("effects", effects(page, form, quote.total()));
    }

    /** Returns the effects of the sale at this price; empty if a field is missing or invalid. */
    private List<ActEffects.Effect> effects(DeskPage page, RegistrationForm form, Money price) {
        @Nullable PaidAtDesk paid = price.amount() == 0 ? null : new PaidAtDesk(form.value(REFERENCE), price);
        try {
            ForeseenSale foreseen = admissions.foresee(
                    new Command.SellAtDesk(order(page, form), paid, page.staff().person()));
            return new ActEffects(foreseen.made(), page.conference(), page.localizer()).ofSale(foreseen.seats());
        } catch (Problem refused) {
            if (refused.code() != CommonProblem.INVALID) {
                throw refused;
            }
            return List.of();
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

    /** Returns the form with all input and its errors. */
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

    /** Returns the text for staff if there is one, otherwise the public form's text. */
    private static String refusal(Problem problem, DeskPage page) {
        return page.localizer()
                .find("desk.sell.refused." + problem.code().wireName())
                .orElseGet(() -> RegisterPage.refusal(problem, page.conference(), page.localizer()));
    }

    /** Shows an error of the whole payment at its amount. */
    private static FieldError onForm(FieldError error) {
        return error.field().equals("paid")
                ? new FieldError(AMOUNT, error.code(), error.message(), error.parameters())
                : error;
    }

    private static Command.SellAtDesk command(DeskPage page, RegistrationForm form) {
        ActFields fields = new ActFields(form::value, page.localizer().locale());
        @Nullable PaidAtDesk paid = paid(page, form, fields);
        @Nullable String why = form.value(REASON).isEmpty() ? null : fields.text(REASON);
        fields.requireRight();
        return new Command.SellAtDesk(order(page, form), paid, page.staff().person(), why);
    }

    private static Command.Register order(DeskPage page, RegistrationForm form) {
        String slug = page.conference().slug();
        IdempotencyKey key = new IdempotencyKey("desk-sale:" + slug, IdempotencyKey.required(form.value("key")));
        ObjectNode body = body(page, form);
        RegistrationRequest request = read(body);
        for (String field : List.of(AMOUNT, REFERENCE)) {
            body.put(field, form.value(field));
        }
        if (!form.value(REASON).isEmpty()) {
            body.put(REASON, form.value(REASON));
        }
        return new Command.Register(slug, key, RequestHash.of(body), request);
    }

    /** Returns {@code null} if there is nothing to pay. */
    private static @Nullable PaidAtDesk paid(DeskPage page, RegistrationForm form, ActFields fields) {
        return form.value(AMOUNT).matches("[0.,]*") && form.value(REFERENCE).isEmpty()
                ? null
                : new PaidAtDesk(
                        fields.text(REFERENCE),
                        fields.amount(
                                AMOUNT,
                                page.conference().definition().registration().currency()));
    }

    private static ObjectNode body(DeskPage page, RegistrationForm form) {
        return form.body(page.conference().definition().registration().addOns());
    }

    private static RegistrationRequest read(ObjectNode body) {
        return JsonBody.readKnown(body, RegistrationRequest.class);
    }
}
