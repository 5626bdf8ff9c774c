package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.desk.DeskRegistrations;
import org.openingminute.registration.desk.DeskRegistrations.Found;
import org.openingminute.registration.desk.IndexAge;
import org.openingminute.registration.desk.SimilarNames;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Link;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The list of registrations with search and filters. */
@Controller
class RegistrationListController {

    private final DeskFrame frame;
    private final DeskRegistrations registrations;
    private final SimilarNames similarNames;
    private final IndexAge age;

    RegistrationListController(
            DeskFrame frame, DeskRegistrations registrations, SimilarNames similarNames, IndexAge age) {
        this.frame = frame;
        this.registrations = registrations;
        this.similarNames = similarNames;
        this.age = age;
    }

    /**
     * Shows one page of the list.
     *
     * @param query search, filters and position, as {@link RegistrationList} names them
     */
    @GetMapping("/desk/{slug}/registrations")
    ModelAndView list(
            @PathVariable String slug,
            @RequestParam Map<String, String> query,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.KEEP_ACCOUNTS, slug, DeskEntry.REGISTRATIONS);
        RegistrationList list = new RegistrationList(page, query);
        Optional<Instant> asOf = age.asOf();
        ModelAndView view = page.view("desk-registrations", page.localizer().of("desk.registrations.title"))
                .addObject("sale", page.isForOrganiser() ? DeskEntry.REGISTRATIONS.address(slug) + "/new" : null)
                .addObject("filters", list.filters())
                .addObject("index", list.index(asOf));
        try {
            Found found = registrations.list(slug, list.filter());
            return view.addObject("errors", List.of())
                    .addObject("table", list.table(found))
                    .addObject("similar", similar(slug, found, list))
                    .addObject("pager", list.pager(found));
        } catch (Problem problem) {
            if (problem.code() != CommonProblem.INVALID) {
                throw problem;
            }
            view.setStatus(problem.code().status());
            return view.addObject("errors", errors(problem.errors(), page));
        }
    }

    /** When nothing was found, returns links that search for similar names. */
    private List<Link> similar(String slug, Found found, RegistrationList list) {
        String typed = list.typed();
        return typed.isEmpty() || !found.items().isEmpty()
                ? List.of()
                : similarNames.to(slug, typed).stream().map(list::named).toList();
    }

    private static List<Link> errors(List<FieldError> errors, DeskPage page) {
        Localizer localizer = page.localizer();
        return errors.stream()
                .map(error -> new Link(
                        "#" + RegistrationList.field(error.field()),
                        localizer
                                .find("desk.error." + error.code())
                                .orElseGet(() -> localizer.of(error, page.times()))))
                .toList();
    }
}
