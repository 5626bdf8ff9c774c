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

/** The page of tasks that wait for an organiser, by kind, the oldest first. */
@Controller
class NeedsController {

    /** Tasks shown of each kind; the list of registrations has the rest. */
    private static final int SHOWN = 20;

    private static final String MAIL_FAILED = "mail-failed";
    private static final String REFUND_TO_TRANSFER = "refund-to-transfer";

    private final DeskFrame frame;
    private final DeskFigures figures;
    private final Conferences conferences;

    NeedsController(DeskFrame frame, DeskFigures figures, Conferences conferences) {
        this.frame = frame;
        this.figures = figures;
        this.conferences = conferences;
    }

    /**
     * A kind with at least one waiting task.
     *
     * @param id of its section in the page
     * @param count formatted in the reader's language
     * @param hint how to resolve the task; {@code null} if the linked page explains it
     * @param all address of the list of all its tasks; {@code null} if all are shown here
     * @param act address of the page that handles all of them together; {@code null} if there is none, or if the reader may not open it
     */
    record KindOfNeed(
            String id,
            String name,
            String count,
            @Nullable String hint,
            Table table,
            @Nullable String all,
            @Nullable String act) {}

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
                localizer.find("desk.needs.hint." + need.kind()).orElse(null),
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
                need.count() > oldest.size() && isListed(page) ? list(page, need.kind()) : null,
                need.kind().equals(MAIL_FAILED) && isFor(page, DeskEntry.MAILS)
                        ? DeskEntry.MAILS.address(page.conference().slug()) + "/resend"
                        : null);
    }

    /** A transfer back is noted in the money section of the registration's page. */
    private static @Nullable String registration(DeskPage page, NeedItem item) {
        String part = item.kind().equals(REFUND_TO_TRANSFER) ? "/money" : "";
        return isListed(page)
                ? DeskEntry.REGISTRATIONS.address(page.conference().slug()) + "/" + item.registration() + part
                : null;
    }

    /** Returns the address of the list of a kind's tasks, the oldest first. */
    static String list(DeskPage page, String kind) {
        String slug = page.conference().slug();
        return isListed(page)
                ? DeskEntry.REGISTRATIONS.address(slug) + "?need=" + kind + "&sort=need"
                : DeskEntry.NEEDS.address(slug) + "#" + kind;
    }

    private static boolean isListed(DeskPage page) {
        return isFor(page, DeskEntry.REGISTRATIONS);
    }

    private static boolean isFor(DeskPage page, DeskEntry entry) {
        return entry.isFor(DeskFrame.reader(page.staff()).roles());
    }

    static Table.Cell age(Instant since, Instant now, Localizer localizer) {
        return new Table.Cell(localizer.duration(Duration.between(since, now)));
    }

    /** Formats a deadline; one that has passed is highlighted. */
    static Table.Cell due(@Nullable Instant at, Instant now, TimeFormat times) {
        return at == null
                ? new Table.Cell("–")
                : new Table.Cell(times.inTable(at), null, at.isBefore(now) ? Tone.BAD : Tone.NEUTRAL);
    }
}
