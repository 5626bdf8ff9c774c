package org.openingminute.registration.checkin;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.QueryValues;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.checkin.CheckInController.CheckInView;
import org.openingminute.registration.checkin.DoorCounter.DoorCounts;
import org.openingminute.registration.checkin.EndedTickets.EndedTicket;
import org.openingminute.registration.checkin.EndedTickets.EndedTicketList;
import org.openingminute.registration.conferences.Conferences;
import org.openingminute.registration.decision.Documents;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** The HTTP API for apps at the door: check-ins, counts of arrivals, and the tickets that are no longer valid. */
@RestController
@Tag(name = "Check-in")
@RequestMapping("/api/admin/conferences/{slug}")
class DoorController {

    /** Header with the business time of the response, also present on 304 Not Modified. */
    private static final String AS_OF = "As-Of";

    private final CheckInRepository checkIns;
    private final TicketHolders holders;
    private final EndedTickets endedTickets;
    private final Conferences conferences;
    private final DoorCounter counter;
    private final CallerResolver callers;

    DoorController(
            CheckInRepository checkIns,
            TicketHolders holders,
            EndedTickets endedTickets,
            Conferences conferences,
            DoorCounter counter,
            CallerResolver callers) {
        this.checkIns = checkIns;
        this.holders = holders;
        this.endedTickets = endedTickets;
        this.conferences = conferences;
        this.counter = counter;
        this.callers = callers;
    }

    /** @param next the {@code after} parameter of the next page; {@code null} on the last page */
    record CheckInPage(List<CheckInView> items, @Nullable UUID next) {}

    @Operation(summary = "Lists check-ins, newest first, with those that were undone")
    @GetMapping("/check-ins")
    CheckInPage list(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String gate,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request) {
        callers.staff(request, Permission.ADMIT, slug);
        conferences.require(slug);
        int most = QueryValues.limit(limit);
        List<CheckIn> found = checkIns.list(slug, gate == null || gate.isEmpty() ? null : gate, after(after), most + 1);
        boolean more = found.size() > most;
        List<CheckIn> items = more ? found.subList(0, most) : found;
        Map<UUID, TicketHolders.TicketHolder> known = holders.of(items);
        return new CheckInPage(
                items.stream()
                        .flatMap(checkIn -> Optional.ofNullable(known.get(checkIn.attendee()))
                                .map(holder -> CheckInView.of(checkIn, holder))
                                .stream())
                        .toList(),
                more ? items.getLast().id() : null);
    }

    private static @Nullable UUID after(@Nullable String text) {
        return text == null
                ? null
                : Ids.read(text).orElseThrow(() -> Problem.invalid("after", "not-an-id", "is not a valid id"));
    }

    @Operation(summary = "How many are expected and in, by gate and by category")
    @GetMapping("/check-ins/counts")
    DoorCounts counts(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.ADMIT, slug);
        return counter.of(conferences.require(slug));
    }

    /** @param asOf business time */
    record InsideList(Instant asOf, List<CheckInRepository.Inside> items) {}

    @Operation(
            summary = "All who are in, for gates without a network",
            description =
                    "It can be asked with If-None-Match whether somebody came in, or a check-in was undone. The header"
                            + " As-Of is business time, also where nothing has changed.")
    @GetMapping("/check-ins/current")
    ResponseEntity<InsideList> current(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.ADMIT, slug);
        conferences.require(slug);
        // Read before the list, so that a change in between yields a new tag next time.
        String tag = tag(checkIns.version(slug));
        Instant now = conferences.now();
        return new ServletWebRequest(request).checkNotModified(tag)
                ? tagged(HttpStatus.NOT_MODIFIED, tag, now).build()
                : tagged(HttpStatus.OK, tag, now).body(new InsideList(now, checkIns.inside(slug)));
    }

    private static String tag(String version) {
        return "\"" + RequestHash.of(version).hex() + "\"";
    }

    private static ResponseEntity.BodyBuilder tagged(HttpStatus status, String tag, Instant now) {
        return ResponseEntity.status(status)
                .cacheControl(CacheControl.noCache().cachePrivate())
                .eTag(tag)
                .header(AS_OF, now.toString());
    }

    @Operation(
            summary = "Tickets that open no gate, for gates without a network",
            description =
                    "All tickets of that attendee up to that generation. Of those that changed it can be asked with"
                            + " If-None-Match.")
    @GetMapping("/ended-tickets")
    ResponseEntity<EndedTicketList> endedTickets(@PathVariable String slug, HttpServletRequest request) {
        callers.staff(request, Permission.ADMIT, slug);
        conferences.require(slug);
        List<EndedTicket> items = endedTickets.of(slug);
        Instant now = conferences.now();
        return tagged(HttpStatus.OK, tag(Documents.json(items)), now).body(new EndedTicketList(now, items));
    }
}
