package org.openingminute.registration.checkin;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.checkin.CheckInRepository.CheckInKey;
import org.openingminute.registration.checkin.CheckIns.Admitted;
import org.openingminute.registration.checkin.CheckIns.Arrival;
import org.openingminute.registration.checkin.DoorAttendees.DoorAttendee;
import org.openingminute.registration.checkin.DoorAttendees.Found;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.desk.SimilarNames;
import org.openingminute.registration.deskpages.DeskFrame;
import org.openingminute.registration.deskpages.DeskPage;
import org.openingminute.registration.pages.PageViews.Redirects;
import org.openingminute.registration.sale.Category;
import org.openingminute.registration.sale.SaleTerms;
import org.openingminute.ui.desk.DeskEntry;
import org.openingminute.ui.part.Filters;
import org.openingminute.ui.part.Link;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriUtils;

/**
 * The check-in page for door staff, designed for phones. It works without scripts: staff can type a ticket's text or a reference, look up a
 * name, and undo a check-in.
 */
@Controller
@RequestMapping("/check-in/{slug}")
class DoorPageController {

    /** The cookie with the gate's name. */
    private static final String GATE = "door-gate";

    private static final Duration GATE_KEPT = Duration.ofDays(30);
    private static final int LONGEST_GATE = 100;
    private static final int LONGEST_CODE = 500;
    private static final int LONGEST_SEARCH = 200;
    private static final int LONGEST_REASON = 500;

    /** The beginning of a ticket's text, in any version. */
    private static final String TICKET = "T[0-9]+\\..*";

    private final DeskFrame frame;
    private final CheckIns checkIns;
    private final DoorAttendees attendees;
    private final SimilarNames similarNames;
    private final DoorCounter counter;
    private final Ids ids;

    DoorPageController(
            DeskFrame frame,
            CheckIns checkIns,
            DoorAttendees attendees,
            SimilarNames similarNames,
            DoorCounter counter,
            Ids ids) {
        this.frame = frame;
        this.checkIns = checkIns;
        this.attendees = attendees;
        this.similarNames = similarNames;
        this.counter = counter;
        this.ids = ids;
    }

    /** The input of the page's fields. */
    private record Typed(String gate, String code, String query) {}

    /**
     * A row of the list of found attendees.
     *
     * @param ended why the ticket is not valid; {@code null} if it is valid
     * @param since when and where the attendee was checked in; {@code null} if not yet
     */
    record Row(
            UUID id,
            String name,
            String about,
            String reference,
            @Nullable String ended,
            @Nullable String since,
            @Nullable UUID checkIn) {}

    /**
     * Shows the page.
     *
     * @param q a name, an address or a reference to look up
     * @param in id of a check-in to show
     */
    @GetMapping
    ModelAndView door(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String q,
            @RequestParam(defaultValue = "") String in,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        Typed typed = new Typed(gate(request), "", q.strip());
        ModelAndView view = view(page, typed);
        if (typed.query().length() > LONGEST_SEARCH || JsonFields.unwritable(typed.query(), false)) {
            return refused(view, "found-query", "q", page);
        }
        if (!typed.query().isEmpty()) {
            Found found = attendees.find(slug, typed.query());
            found(view, page, found);
            if (found.attendees().isEmpty()) {
                view.addObject("similar", similarNames.to(slug, typed.query()));
            }
        }
        Ids.read(in)
                .flatMap(id -> checkIns.find(slug, id))
                .ifPresent(admitted -> view.addObject("verdict", verdict(admitted, page)));
        return view;
    }

    /** Shows the counts of arrivals, alone or as the part that the check-in page reloads. */
    @GetMapping("/counts")
    ModelAndView counts(@PathVariable String slug, HttpServletRequest request, HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        return page.view("door-counts", page.localizer().of("door.counts"))
                .addObject("counts", DoorCountsView.of(counter.of(page.conference()), page));
    }

    /**
     * Checks an attendee in.
     *
     * @param code a ticket's text, or a search text that identifies one attendee
     * @param attendee the attendee chosen from a list; takes precedence over the code
     * @param key the form's idempotency key, so that sending it twice has no further effect
     */
    @PostMapping
    @Nullable
    ModelAndView checkIn(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String gate,
            @RequestParam(defaultValue = "") String code,
            @RequestParam(defaultValue = "") String attendee,
            @RequestParam(defaultValue = "") String key,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        Typed typed = new Typed(gate.strip(), code.strip(), "");
        if (isWrong(typed.gate(), LONGEST_GATE)) {
            return refused(view(page, typed), "gate", "gate", page);
        }
        response.addHeader(HttpHeaders.SET_COOKIE, cookie(slug, typed.gate()).toString());
        Optional<UUID> chosen = Ids.read(attendee);
        if (chosen.isEmpty() && isWrong(typed.code(), LONGEST_CODE)) {
            return refused(view(page, typed), "code", "code", page);
        }
        if (chosen.isPresent() || typed.code().matches(TICKET)) {
            return checkIn(arrival(chosen.orElse(null), slug, typed), key, page, typed, response);
        }
        Found found = attendees.find(slug, typed.code());
        if (found.isReference() && found.attendees().size() == 1) {
            UUID only = found.attendees().getFirst().holder().attendee().id();
            return checkIn(arrival(only, slug, typed), key, page, typed, response);
        }
        ModelAndView view = view(page, typed);
        if (found.attendees().isEmpty()) {
            view.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
            return view.addObject("verdict", Verdict.notOurs(page.localizer()));
        }
        return found(view, page, found);
    }

    private static Arrival arrival(@Nullable UUID attendee, String slug, Typed typed) {
        return new Arrival(attendee == null ? typed.code() : null, attendee, slug, typed.gate(), null);
    }

    private @Nullable ModelAndView checkIn(
            Arrival arrival, String key, DeskPage page, Typed typed, HttpServletResponse response) {
        String slug = page.conference().slug();
        try {
            Admitted admitted = checkIns.checkIn(arrival, key(key, arrival), page.staff());
            Redirects.seeOther(
                    response, "/check-in/" + slug + "?in=" + admitted.checkIn().id());
            return null;
        } catch (Problem refusal) {
            @Nullable
            Admitted first = refusal.members().get("id") instanceof UUID id
                    ? checkIns.find(slug, id).orElse(null)
                    : null;
            Verdict verdict = Verdict.of(refusal, first, terms(page), page.times(), page.localizer())
                    .orElseThrow(() -> refusal);
            ModelAndView view = view(page, typed);
            view.setStatus(refusal.code().status());
            return view.addObject("verdict", verdict);
        }
    }

    /** Returns a key for the form and the attendee: after "back", the same form may be sent for another attendee. */
    private static @Nullable CheckInKey key(String typed, Arrival arrival) {
        if (typed.isEmpty()) {
            return null;
        }
        String about =
                RequestHash.of(arrival.ticket() + " " + arrival.attendee()).hex();
        return new CheckInKey("page:" + IdempotencyKey.required(typed) + ":" + about, about);
    }

    /** Undoes a check-in. */
    @PostMapping("/undo")
    @Nullable
    ModelAndView undo(
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String id,
            @RequestParam(defaultValue = "") String reason,
            HttpServletRequest request,
            HttpServletResponse response) {
        DeskPage page = open(slug, request, response);
        UUID checkIn = Ids.read(id).orElseThrow(Problem::notFound);
        Admitted admitted = checkIns.find(slug, checkIn).orElseThrow(Problem::notFound);
        if (isWrong(reason.strip(), LONGEST_REASON)) {
            return refused(view(page, new Typed(gate(request), "", "")), "reason", "reason", page)
                    .addObject("verdict", verdict(admitted, page))
                    .addObject("reason", reason);
        }
        try {
            checkIns.undo(checkIn, reason.strip(), page.staff());
        } catch (Problem refusal) {
            if (refusal.code() != CommonProblem.NOT_ALLOWED_NOW) {
                throw refusal;
            }
            // Somebody else undid it first; the page shows that.
        }
        Redirects.seeOther(response, "/check-in/" + slug + "?in=" + checkIn);
        return null;
    }

    private DeskPage open(String slug, HttpServletRequest request, HttpServletResponse response) {
        return frame.open(request, response, Permission.ADMIT, slug, DeskEntry.CHECK_IN);
    }

    private static boolean isWrong(String text, int longest) {
        return text.isEmpty() || text.length() > longest || JsonFields.unwritable(text, false);
    }

    private ModelAndView view(DeskPage page, Typed typed) {
        String slug = page.conference().slug();
        ModelAndView view = page.view("door", page.localizer().of("door.title"))
                .addObject("gate", typed.gate())
                .addObject("code", typed.code())
                .addObject("key", ids.next().toString())
                .addObject("zone", page.conference().definition().timeZone().getId())
                .addObject("categories", Documents.json(categories(terms(page))))
                .addObject("searched", !typed.query().isEmpty())
                .addObject("filters", new Filters("/check-in/" + slug, "found", typed.query(), List.of()));
        // The script takes only the search results from the response to a search.
        return page.isPart() ? view : view.addObject("counts", DoorCountsView.of(counter.of(page.conference()), page));
    }

    /** Returns the names of the categories by code. */
    private static Map<String, String> categories(SaleTerms terms) {
        return terms.categories().stream().collect(Collectors.toMap(Category::code, Category::name));
    }

    private static ModelAndView refused(ModelAndView view, String id, String field, DeskPage page) {
        String problem = page.localizer().of("door.wrong." + field);
        view.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return view.addObject("errors", List.of(new Link("#" + id, problem))).addObject(field + "Problem", problem);
    }

    private static ModelAndView found(ModelAndView view, DeskPage page, Found found) {
        return view.addObject("searched", true)
                .addObject("more", found.hasMore())
                .addObject(
                        "found",
                        found.attendees().stream().map(one -> row(one, page)).toList());
    }

    private static Row row(DoorAttendee one, DeskPage page) {
        List<String> about = new ArrayList<>();
        Stream.ofNullable(one.holder().attendee().affiliation())
                .filter(text -> !text.isBlank())
                .forEach(about::add);
        about.addAll(Verdict.about(one.holder(), terms(page)));
        @Nullable CheckIn checkIn = one.checkIn();
        return new Row(
                one.holder().attendee().id(),
                one.holder().name(),
                String.join(" · ", about),
                one.holder().registration().reference(),
                switch (one.ticket()) {
                    case VALID -> null;
                    case ENDED -> Verdict.Word.ENDED.text(page.localizer());
                    case FROZEN -> Verdict.Word.FROZEN.text(page.localizer());
                    case NONE -> Verdict.Word.NONE.text(page.localizer());
                },
                checkIn == null ? null : Verdict.when(checkIn.at(), checkIn.gate(), page.times(), page.localizer()),
                checkIn == null ? null : checkIn.id());
    }

    private static Verdict verdict(Admitted admitted, DeskPage page) {
        return Verdict.of(admitted, terms(page), page.times(), page.localizer());
    }

    private static SaleTerms terms(DeskPage page) {
        return page.conference().definition().registration();
    }

    /** Returns the gate of this browser; empty if unknown. */
    private static String gate(HttpServletRequest request) {
        Cookie @Nullable [] cookies = request.getCookies();
        return (cookies == null ? Stream.<Cookie>empty() : Arrays.stream(cookies))
                .filter(cookie -> cookie.getName().equals(GATE))
                .map(cookie -> decoded(cookie.getValue()))
                .filter(gate -> !isWrong(gate, LONGEST_GATE))
                .findFirst()
                .orElse("");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Not HttpOnly, because the page's scripts read and write it as well. */
    private static ResponseCookie cookie(String slug, String gate) {
        return ResponseCookie.from(GATE, UriUtils.encode(gate, StandardCharsets.UTF_8))
                .path("/check-in/" + slug)
                .maxAge(GATE_KEPT)
                .sameSite("Lax")
                .build();
    }
}
