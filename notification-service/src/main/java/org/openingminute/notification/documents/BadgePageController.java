package org.openingminute.notification.documents;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.ops.DeskFrame;
import org.openingminute.notification.ops.DeskPage;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Filters;
import org.openingminute.ui.part.Pager;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

/** The page on which organisers find the files of badges. */
@Hidden
@Controller
class BadgePageController {

    private final DeskFrame frame;
    private final DocumentRepository repository;
    private final Badges badges;

    BadgePageController(DeskFrame frame, DocumentRepository repository, Badges badges) {
        this.frame = frame;
        this.repository = repository;
        this.badges = badges;
    }

    /**
     * Shows the page of a file.
     *
     * @param file whether to redirect to the file instead. Links to files use this address, because without a session a page leads to
     *     sign-in, whereas the API answers 401
     */
    @GetMapping("/desk/{slug}/badges")
    @Nullable
    ModelAndView page(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String category,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "false") String file,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.BADGES);
        DocumentConference details = repository.conference(slug).orElseThrow(Problem::notFound);
        @Nullable String chosen = category.isEmpty() ? null : category;
        Badges.Place from = Badges.Place.read(after);
        Badges.@Nullable Place start = after.isEmpty() ? null : from;
        if (file.equals("true")) {
            response.setHeader(HttpHeaders.LOCATION, BadgeController.address(slug, chosen, Badges.MOST, start));
            response.setStatus(HttpStatus.SEE_OTHER.value());
            return null;
        }
        Badges.Part part = badges.part(details, chosen, from, Badges.MOST);
        int number = part.badges().size();
        ModelAndView view = page.view("desk-badges", page.texts().of("desk.badges.title"))
                .addObject("address", DeskEntry.BADGES.address(slug))
                .addObject("start", address(slug, category, null, false))
                .addObject("isContinued", !after.isEmpty())
                .addObject("categories", categories(page, details, category))
                .addObject("number", number)
                .addObject("file", address(slug, category, start, true))
                .addObject(
                        "pager",
                        new Pager(
                                page.texts().of("desk.badges.shown", number),
                                null,
                                part.next() == null ? null : address(slug, category, part.next(), false)));
        if (number > 0) {
            view.addObject("first", part.badges().getFirst().name())
                    .addObject("last", part.badges().getLast().name());
        }
        return view;
    }

    private static List<Filters.Option> categories(DeskPage page, DocumentConference details, String chosen) {
        return Stream.concat(
                        Stream.of(new Filters.Option("", page.texts().of("desk.badges.all"), chosen.isEmpty())),
                        details.names().categories().entrySet().stream()
                                .sorted(Map.Entry.comparingByValue())
                                .map(one -> new Filters.Option(
                                        one.getKey(),
                                        one.getValue(),
                                        one.getKey().equals(chosen))))
                .toList();
    }

    /** @param isOfFile whether the address redirects to the file */
    private static String address(String slug, String category, Badges.@Nullable Place from, boolean isOfFile) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath(DeskEntry.BADGES.address(slug));
        if (!category.isEmpty()) {
            address.queryParam("category", "{category}");
        }
        if (from != null) {
            address.queryParam("after", from);
        }
        if (isOfFile) {
            address.queryParam("file", true);
        }
        return category.isEmpty()
                ? address.encode().toUriString()
                : address.encode().buildAndExpand(category).toUriString();
    }
}
