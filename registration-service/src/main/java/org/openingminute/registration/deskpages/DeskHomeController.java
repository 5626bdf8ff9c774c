package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.ui.desk.DeskNavigation;
import org.openingminute.ui.part.Link;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;

/** The entry page of the desk, which leads to the conferences that the signed-in person works for. */
@Controller
class DeskHomeController {

    private final DeskFrame frame;
    private final CallerResolver callers;
    private final Conferences conferences;

    DeskHomeController(DeskFrame frame, CallerResolver callers, Conferences conferences) {
        this.frame = frame;
        this.callers = callers;
        this.conferences = conferences;
    }

    /**
     * A conference and links to the pages that the reader may open; there is at least one.
     *
     * @param address of the first of these pages
     */
    record Desk(String name, String address, List<Link> links) {}

    /** Lists the conferences that the reader may open; redirects to the first page of the conference if it is the only one. */
    @GetMapping("/desk")
    @Nullable
    ModelAndView home(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-store");
        Caller.Staff staff = callers.staff(request, Permission.READ_REGISTRATION);
        Localizer localizer = frame.localizer(request);
        List<Conference> all = conferences.all();
        List<Desk> desks = all.stream()
                .filter(conference -> DeskFrame.worksFor(staff, conference))
                .flatMap(conference -> desk(conference, staff, localizer))
                .toList();
        if (desks.isEmpty() && !all.isEmpty()) {
            throw new Problem(CommonProblem.FORBIDDEN, "None of these pages is for your role.");
        }
        if (desks.size() == 1) {
            Redirects.seeOther(response, desks.getFirst().address());
            return null;
        }
        return frame.view(request, staff, "desk", localizer.of("desk.title")).addObject("desks", desks);
    }

    private static Stream<Desk> desk(Conference conference, Caller.Staff staff, Localizer localizer) {
        String slug = conference.slug();
        List<Link> links =
                DeskNavigation.links(slug, DeskFrame.reader(staff.in(slug)).roles(), null, localizer.locale());
        return links.isEmpty()
                ? Stream.empty()
                : Stream.of(new Desk(
                        conference.definition().name(), links.getFirst().address(), links));
    }
}
