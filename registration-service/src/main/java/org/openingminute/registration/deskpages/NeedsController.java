package org.openingminute.registration.deskpages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.desk.DeskFigures;
import org.openingminute.registration.desk.DeskFigures.NeedItem;
import org.openingminute.registration.desk.DeskFigures.WaitingNeed;
import org.openingminute.registration.pages.Localizer;
import org.openingminute.registration.pages.TimeFormat;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Table;
import org.openingminute.ui.part.Tone;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;

/** What waits for an organiser, by kind, the oldest first. */
@Controller
class NeedsController {

    /** Of one kind; the list of registrations has the rest. */
    private static final int SHOWN = 20;

    private final DeskFrame frame;
    private final DeskFigures figures;
    private final Conferences conferences;

    NeedsController(DeskFrame frame, DeskFigures figures, Conferences conferences) {
        this.frame = frame;
        this.figures = figures;
        this.conferences = conferences;
    }

    /**
     * A kind of which something waits.
     *
     * @param id of its section
     * @param count in the reader's language
     * @param all address of the list with all of them; {@code null} if they are all shown
     */
    record KindOfNeed(
            String id,
            String name,
            String count,
            Table table,
            @Nullable String all) {}

    @GetMapping("/desk/{slug}/needs")
    ModelAndView needs(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = frame.open(request, response, Permission.KEEP_ACCOUNTS, slug, DeskEntry.NEEDS);
        Localizer localizer = page.localizer();
        Map<String, List<NeedItem>> oldest =
                figures.oldestNeeds(slug, SHOWN).stream().collect(Collectors.groupingBy(NeedItem::kind));
        Instant now = conferences.now();
        List<KindOfNeed> kinds = figures.needs(slug).stream()
                .map(need -> kind(page, need, oldest.getOrDefault(need.kind(), List.of()), now))
                .toList();
        return page.view(
                        "desk-needs",
                        localizer.of(
                                "desk.needs.title",
                                page.conference().definition().name()))
                .addObject("kinds", kinds);
    }

    private static KindOfNeed kind(DeskPage page, WaitingNeed need, List<NeedItem> oldest, Instant now) {
        Localizer localizer = page.localizer();
        String name = localizer.of("desk.needs.kind." + need.kind());
        TimeFormat times = page.times();
        return new KindOfNeed(
                need.kind(),
                name,
                NumberFormat.getIntegerInstance(localizer.locale()).format(need.count()),
                new Table(
                        localizer.of("desk.needs.caption", name),
                        List.of(
                                new Table.Column(localizer.of("desk.needs.registration"), false),
                                new Table.Column(localizer.of("desk.needs.contact"), false),
                                new Table.Column(localizer.of("desk.needs.age"), false),
                                new Table.Column(localizer.of("desk.needs.due"), false)),
                        oldest.stream()
                                .map(item -> List.of(
                                        new Table.Cell(item.reference(), registration(page, item), Tone.NEUTRAL),
                                        new Table.Cell(item.contact()),
                                        age(item.since(), now, localizer),
                                        due(item.dueAt(), now, times)))
                                .toList()),
                need.count() > oldest.size() && isListed(page) ? list(page, need.kind()) : null);
    }

    private static @Nullable String registration(DeskPage page, NeedItem item) {
        return isListed(page)
                ? DeskEntry.REGISTRATIONS.address(page.conference().slug()) + "/" + item.registration()
                : null;
    }

    /** The address at which all of a kind are listed, the oldest first. */
    static String list(DeskPage page, String kind) {
        String slug = page.conference().slug();
        return isListed(page)
                ? DeskEntry.REGISTRATIONS.address(slug) + "?need=" + kind + "&sort=need"
                : DeskEntry.NEEDS.address(slug) + "#" + kind;
    }

    private static boolean isListed(DeskPage page) {
        return DeskEntry.REGISTRATIONS.isFor(DeskFrame.reader(page.staff()).roles());
    }

    static Table.Cell age(Instant since, Instant now, Localizer localizer) {
        return new Table.Cell(localizer.duration(Duration.between(since, now)));
    }

    /** A deadline that has passed stands out. */
    static Table.Cell due(@Nullable Instant at, Instant now, TimeFormat times) {
        return at == null
                ? new Table.Cell("–")
                : new Table.Cell(times.at(at).text(), null, at.isBefore(now) ? Tone.BAD : Tone.NEUTRAL);
    }
}
