package org.openingminute.registration.desk;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.desk.DeskAttendees.AttendeeItem;
import org.openingminute.registration.desk.DeskAttendees.FoundAttendees;
import org.openingminute.registration.desk.DeskAttendees.NamePosition;
import org.openingminute.registration.desk.DeskFigures.SeriesItem;
import org.openingminute.registration.desk.DeskFigures.Step;
import org.openingminute.registration.desk.DeskFigures.WaitingNeed;
import org.openingminute.registration.desk.DeskRegistrations.Found;
import org.openingminute.registration.desk.DeskRegistrations.RegistrationItem;
import org.openingminute.registration.desk.RegistrationFilter.Choices;
import org.openingminute.registration.desk.RegistrationFilter.PageRequest;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The HTTP API of the desk's lists and figures for organisers and finance; door staff may read the attendees. */
@RestController
@Tag(name = "Desk")
@RequestMapping("/api/admin/conferences/{slug}")
class DeskController {

    private final DeskRegistrations registrations;
    private final DeskAttendees attendees;
    private final DeskFigures figures;
    private final IndexAge age;
    private final Conferences conferences;
    private final CallerResolver callers;

    DeskController(
            DeskRegistrations registrations,
            DeskAttendees attendees,
            DeskFigures figures,
            IndexAge age,
            Conferences conferences,
            CallerResolver callers) {
        this.registrations = registrations;
        this.attendees = attendees;
        this.figures = figures;
        this.age = age;
        this.conferences = conferences;
        this.callers = callers;
    }

    /**
     * One page of the list of registrations.
     *
     * @param next the {@code after} parameter of the next page; {@code null} on the last page
     * @param asOf business time up to which search and filters include every change; {@code null} if unknown. The rows themselves show the
     *     state at the time of this response
     */
    record RegistrationList(
            List<RegistrationItem> items,
            @Nullable String next,
            @Nullable Instant asOf) {}

    @Operation(
            summary = "Registrations of a conference, found by what each word of q begins, and by filters",
            description =
                    "A whole reference or id in q finds that registration as it is now, whatever the filters. Filters take several"
                            + " values, separated by commas.")
    @GetMapping("/registrations")
    RegistrationList registrations(
            @PathVariable String slug,
            @ParameterObject Choices choices,
            @RequestParam(required = false) @Nullable String sort,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        callers.staff(request, Permission.KEEP_ACCOUNTS, slug);
        conferences.require(slug);
        RegistrationFilter filter = RegistrationFilter.of(choices, new PageRequest(sort, limit, after));
        @Nullable Instant asOf = age.asOf().orElse(null);
        Found found = registrations.list(slug, filter);
        return new RegistrationList(
                found.items(), found.next() == null ? null : found.next().encoded(), asOf);
    }

    /**
     * One page of the list of attendees.
     *
     * @param next the {@code after} parameter of the next page; {@code null} on the last page
     * @param asOf business time up to which the search includes every change; {@code null} if unknown. The rows themselves show the state
     *     at the time of this response
     */
    record AttendeeList(
            List<AttendeeItem> items,
            @Nullable String next,
            @Nullable Instant asOf) {}

    @Operation(
            summary = "Attendees of a conference by name, found by what each word of q begins, or by an attendee's id",
            description = "With the state of each ticket, and the check-in that counts.")
    @GetMapping("/attendees")
    AttendeeList attendees(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        callers.staff(request, Permission.ADMIT, slug);
        conferences.require(slug);
        String typed = RegistrationFilter.typed(q);
        int most = QueryValues.limit(limit);
        @Nullable NamePosition position = after == null || after.isEmpty() ? null : NamePosition.read(after);
        @Nullable Instant asOf = age.asOf().orElse(null);
        FoundAttendees found = attendees.list(slug, typed, most, position);
        return new AttendeeList(
                found.items(), found.next() == null ? null : found.next().encoded(), asOf);
    }

    /**
     * The tasks that wait for an organiser, by kind.
     *
     * @param asOf business time up to which every change is included; {@code null} if unknown
     */
    record NeedList(List<WaitingNeed> items, @Nullable Instant asOf) {}

    @Operation(
            summary = "What waits for an organiser, by kind",
            description =
                    "How much of it, since when, and until when where that is known. What waits longest comes first; a kind of"
                            + " which nothing waits is left out.")
    @GetMapping("/needs")
    NeedList needs(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.KEEP_ACCOUNTS, slug);
        conferences.require(slug);
        @Nullable Instant asOf = age.asOf().orElse(null);
        return new NeedList(figures.needs(slug), asOf);
    }

    /**
     * The course of a sale, step by step.
     *
     * @param asOf business time up to which every change is included; {@code null} if unknown
     */
    record Series(List<SeriesItem> items, @Nullable Instant asOf) {}

    @Operation(
            summary = "A sale by minute, hour or day",
            description =
                    "Every step that the span touches, 1,500 at most; hours and days are those of the conference's zone. Without"
                            + " step hours, without to until now, without from the last 60 minutes, 48 hours or 30 days.")
    @GetMapping("/statistics/series")
    Series series(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String step,
            HttpServletRequest request) {
        callers.staff(request, Permission.KEEP_ACCOUNTS, slug);
        Conference conference = conferences.require(slug);
        Step steps = Step.of(step);
        @Nullable Instant begin = RegistrationFilter.instant("from", from);
        @Nullable Instant end = RegistrationFilter.instant("to", to);
        @Nullable Instant asOf = age.asOf().orElse(null);
        return new Series(figures.series(conference, steps, begin, end, conferences.now()), asOf);
    }
}
