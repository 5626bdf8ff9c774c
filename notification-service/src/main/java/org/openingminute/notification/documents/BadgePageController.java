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
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

/** Where organisers find the files of badges, one after the other. */
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

    @GetMapping("/desk/{slug}/badges")
    ModelAndView page(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String category,
            @RequestParam(defaultValue = "") String after,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.ORGANISE, slug, DeskEntry.BADGES);
        Occasion occasion = repository.occasion(slug).orElseThrow(Problem::notFound);
        @Nullable String chosen = category.isEmpty() ? null : category;
        Badges.Place from = Badges.Place.read(after);
        Badges.Part part = badges.part(occasion, chosen, from, Badges.MOST);
        int number = part.badges().size();
        ModelAndView view = page.view("desk-badges", page.texts().of("desk.badges.title"))
                .addObject("address", DeskEntry.BADGES.address(slug))
                .addObject("start", address(slug, category, null))
                .addObject("isContinued", !after.isEmpty())
                .addObject("categories", categories(page, occasion, category))
                .addObject("number", number)
                .addObject("file", BadgeController.address(slug, chosen, Badges.MOST, after.isEmpty() ? null : from))
                .addObject(
                        "pager",
                        new Pager(
                                page.texts().of("desk.badges.shown", number),
                                null,
                                part.next() == null ? null : address(slug, category, part.next())));
        if (number > 0) {
            view.addObject("first", part.badges().getFirst().name())
                    .addObject("last", part.badges().getLast().name());
        }
        return view;
    }

    private static List<Filters.Option> categories(DeskPage page, Occasion occasion, String chosen) {
        return Stream.concat(
                        Stream.of(new Filters.Option("", page.texts().of("desk.badges.all"), chosen.isEmpty())),
                        occasion.names().categories().entrySet().stream()
                                .sorted(Map.Entry.comparingByValue())
                                .map(one -> new Filters.Option(
                                        one.getKey(),
                                        one.getValue(),
                                        one.getKey().equals(chosen))))
                .toList();
    }

    private static String address(String slug, String category, Badges.@Nullable Place from) {
        UriComponentsBuilder address = UriComponentsBuilder.fromPath(DeskEntry.BADGES.address(slug));
        if (!category.isEmpty()) {
            address.queryParam("category", "{category}");
        }
        if (from != null) {
            address.queryParam("after", from);
        }
        return category.isEmpty()
                ? address.encode().toUriString()
                : address.encode().buildAndExpand(category).toUriString();
    }
}
