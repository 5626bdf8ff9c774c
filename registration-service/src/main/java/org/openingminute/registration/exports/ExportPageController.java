package org.openingminute.registration.exports;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.desk.RegistrationFilter;
import org.openingminute.registration.deskpages.DeskFrame;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.lifecycle.Registration.PaymentMethod;
import org.openingminute.registration.lifecycle.Status;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Choice;
import org.openingminute.ui.part.Link;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The page of all downloads, which explains each file and asks for its parameters. */
@Controller
class ExportPageController {

    private final DeskFrame frame;
    private final CallerResolver callers;

    ExportPageController(DeskFrame frame, CallerResolver callers) {
        this.frame = frame;
        this.callers = callers;
    }

    /** A filter with a list of options. */
    record ChoiceField(String name, String label, List<Choice> choices) {}

    /**
     * Shows the page, or redirects to the requested file.
     *
     * @param file the requested file; if the input for it is invalid, the page is shown with the errors
     */
    @GetMapping("/desk/{slug}/exports")
    @Nullable
    ModelAndView exports(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String file,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.KEEP_ACCOUNTS, slug, DeskEntry.EXPORTS);
        ExportForm form = ExportForm.of(request);
        if (file == null) {
            return view(page, form, List.of());
        }
        if (ExportForm.isOrganisers(file)) {
            callers.staff(request, Permission.ORGANISE, slug);
        }
        try {
            String address =
                    form.address(file, slug, page.conference().definition().timeZone());
            Redirects.seeOther(response, address);
            return null;
        } catch (Problem problem) {
            if (problem.errors().isEmpty()) {
                throw problem;
            }
            ModelAndView view = view(page, form, problem.errors());
            view.setStatus(problem.code().status());
            return view;
        }
    }

    /** Shows the page with the chosen input because too many downloads are in progress. */
    ModelAndView busy(String slug, Problem why, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.KEEP_ACCOUNTS, slug, DeskEntry.EXPORTS);
        ExportForm form =
                ExportForm.ofFile(request, page.conference().definition().timeZone());
        ModelAndView view = view(page, form, List.of()).addObject("busy", true);
        why.retryAfter().ifPresent(seconds -> response.setHeader(HttpHeaders.RETRY_AFTER, seconds));
        view.setStatus(why.code().status());
        return view;
    }

    private static ModelAndView view(DeskPage page, ExportForm form, List<FieldError> errors) {
        Localizer localizer = page.localizer();
        Map<String, String> problems = new LinkedHashMap<>();
        errors.forEach(error -> problems.put(error.field(), text(error, page)));
        return page.view("exports", localizer.of("exports.title"))
                .addObject("typed", form.typed())
                .addObject("problems", problems)
                .addObject(
                        "errors",
                        problems.entrySet().stream()
                                .map(problem -> new Link(
                                        "#" + problem.getKey(),
                                        localizer.of(label(problem.getKey())) + ": " + problem.getValue()))
                                .toList())
                .addObject("choices", choices(page))
                .addObject("organiser", page.staff().roles().contains(Role.ORGANISER));
    }

    private static String text(FieldError error, DeskPage page) {
        return page.localizer()
                .find("desk.error." + error.code())
                .orElseGet(() -> page.localizer().of(error, page.times()));
    }

    private static String label(String field) {
        return switch (field) {
            case "q" -> "ui.search";
            case "reason", "day" -> "exports." + field;
            case "ledgerFrom" -> "exports.from";
            case "ledgerTo" -> "exports.to";
            default -> "desk.registrations." + field;
        };
    }

    private static List<ChoiceField> choices(DeskPage page) {
        Localizer localizer = page.localizer();
        SaleTerms terms = page.conference().definition().registration();
        return List.of(
                field(
                        localizer,
                        "status",
                        Stream.of(Status.values()).map(Status::wireName).toList()),
                new ChoiceField(
                        "category",
                        localizer.of("desk.registrations.category"),
                        choices(terms.categories(), one -> new Choice(one.code(), one.name()))),
                new ChoiceField(
                        "phase",
                        localizer.of("desk.registrations.phase"),
                        choices(terms.phases(), one -> new Choice(one.code(), one.name()))),
                field(
                        localizer,
                        "method",
                        Stream.of(PaymentMethod.values()).map(Enum::name).toList()),
                field(localizer, "payment", RegistrationFilter.PAYMENTS),
                field(localizer, "need", RegistrationFilter.NEEDS));
    }

    /** Builds a filter for values that have translations. */
    private static ChoiceField field(Localizer localizer, String name, Collection<String> values) {
        return new ChoiceField(
                name,
                localizer.of("desk.registrations." + name),
                choices(values, value -> new Choice(value, localizer.of("desk." + name + "." + value))));
    }

    private static <T> List<Choice> choices(Collection<T> values, Function<T, Choice> choice) {
        return values.stream().map(choice).toList();
    }
}
