package org.openingminute.gateway.ops;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.problem.Pages;
import org.openingminute.gateway.staff.DeskFrame;
import org.openingminute.gateway.staff.StaffAccess;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.ui.desk.DeskEntry;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the audit of all services as one list. Each service returns to an organiser only the rows of the organiser's conferences. Invalid
 * values are refused here, because a service that refused them would be reported as unavailable.
 */
@RestController
class AuditController {

    private static final String INSIDE = "/internal/audit";
    private static final String REGISTRATION = "registration";
    /** A reference as people type it: in any case, with a hyphen, a dash, a space or nothing between its parts. */
    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z]{2}[0-9]{2}[-\\s\\p{Pd}\\p{Zs}]?[0-9A-Za-z]{6}");

    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern YEAR = Pattern.compile("[0-9]{4}-.{1,60}");
    private static final int MOST = 200;
    private static final int USUAL = 50;
    private static final int LONGEST = 200;

    private final StaffAccess access;
    private final DeskFrame frame;
    private final ServiceCall services;
    private final JoinedPage pages;

    AuditController(StaffAccess access, DeskFrame frame, ServiceCall services) {
        this.access = access;
        this.frame = frame;
        this.services = services;
        this.pages = new JoinedPage(services, row -> row.path("id").asString());
    }

    @GetMapping("/api/admin/audit")
    Mono<ResponseEntity<ObjectNode>> list(@RequestParam Map<String, String> query, ServerHttpRequest request) {
        return access.require(Permission.ORGANISE, request)
                .flatMap(organiser -> pages.of(path(query, organiser), limit(query), request))
                .map(page ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(page));
    }

    /** The audit of one conference as a page: the filter works on whole days, and errors are shown beside the fields. */
    @GetMapping("/desk/{slug}/audit")
    Mono<ResponseEntity<byte[]>> page(
            @PathVariable String slug, @RequestParam Map<String, String> typed, ServerHttpRequest request) {
        Mono<ObjectNode> definition =
                Mono.defer(() -> services.get(Service.REGISTRATION, "/api/conferences/" + slug, request));
        return frame.page(DeskEntry.AUDIT, slug, request, definition, (organiser, conference) -> {
            AuditPage page = new AuditPage(conference, typed, Pages.languageFor(request.getHeaders()));
            return withId(asked(conference, typed), request)
                    .flatMap(query -> pages.of(path(query, organiser), USUAL, request))
                    .map(page::of)
                    .onErrorResume(Problem.class, wrong -> Mono.just(page.of(wrong)));
        });
    }

    /** Replaces the reference of a registration by its id, for which registration-service is asked. */
    private Mono<Map<String, String>> withId(Map<String, String> query, ServerHttpRequest request) {
        String typed = query.getOrDefault(REGISTRATION, "");
        if (!REFERENCE.matcher(typed).matches()) {
            return Mono.just(query);
        }
        String path = UriComponentsBuilder.fromPath("/api/admin/conferences/{slug}/registrations")
                .queryParam("q", "{typed}")
                .encode()
                .buildAndExpand(query.get("conference"), typed)
                .toUriString();
        return services.get(Service.REGISTRATION, path, request)
                .switchIfEmpty(
                        Mono.error(() -> Problem.invalid(REGISTRATION, "unavailable", "cannot be found right now")))
                .map(found -> {
                    query.put(REGISTRATION, idOf(typed, found));
                    return query;
                });
    }

    /** The id of the registration with a reference; the search also finds others, which have a word that begins like it. */
    private static String idOf(String reference, ObjectNode found) {
        return found.path("items")
                .valueStream()
                .filter(item -> signs(item.path("reference").asString()).equals(signs(reference)))
                .findFirst()
                .map(item -> item.path("id").asString())
                .orElseThrow(() ->
                        Problem.invalid(REGISTRATION, "unknown-reference", "is not the reference of a registration"));
    }

    /** The letters and digits of a reference, in which O is read as 0, and I and L as 1. */
    private static String signs(String reference) {
        return reference
                .toUpperCase(Locale.ROOT)
                .replaceAll("[^0-9A-Z]", "")
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
    }

    private static Map<String, String> asked(DeskFrame.DeskConference conference, Map<String, String> typed) {
        Map<String, String> asked = new HashMap<>();
        AuditPage.FIELDS.forEach(
                name -> asked.put(name, typed.getOrDefault(name, "").strip()));
        asked.put("conference", conference.slug());
        asked.computeIfPresent("from", (_, day) -> startOf(day, 0, conference.zone()));
        asked.computeIfPresent("to", (_, day) -> startOf(day, 1, conference.zone()));
        return asked;
    }

    /** The first instant of a day, or of a later day, in the page's time zone. A text that is not a day is returned unchanged. */
    private static String startOf(String day, int later, ZoneId zone) {
        try {
            return DAY.matcher(day).matches()
                    ? LocalDate.parse(day)
                            .plusDays(later)
                            .atStartOfDay(zone)
                            .toInstant()
                            .toString()
                    : day;
        } catch (DateTimeException _) {
            return day;
        }
    }

    private static String path(Map<String, String> query, Caller.Staff organiser) {
        List<FieldError> errors = new ArrayList<>();
        UriComponentsBuilder path = UriComponentsBuilder.fromPath(INSIDE).queryParam("limit", limit(query));
        for (String name : new String[] {REGISTRATION, "conference", "who", "what", "from", "to", "after"}) {
            @Nullable String value = query.get(name);
            if (value != null && !value.isEmpty()) {
                check(name, value).ifPresent(errors::add);
                path.queryParam(name, UriUtils.encode(value, StandardCharsets.UTF_8));
            }
        }
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        @Nullable String conference = query.get("conference");
        if (conference != null && !conference.isEmpty()) {
            organiser.in(conference);
        }
        return path.build().toUriString();
    }

    private static Optional<FieldError> check(String name, String value) {
        return switch (name) {
            case REGISTRATION, "after" ->
                Ids.read(value).isPresent()
                        ? Optional.empty()
                        : Optional.of(FieldError.of(name, "not-an-id", "is not a valid id"));
            case "from", "to" ->
                isInstant(value)
                        ? Optional.empty()
                        : Optional.of(FieldError.of(
                                name, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z"));
            default -> checkText(name, value);
        };
    }

    private static boolean isInstant(String value) {
        try {
            return YEAR.matcher(value).matches() && Instant.parse(value) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static Optional<FieldError> checkText(String name, String value) {
        if (value.length() > LONGEST) {
            return Optional.of(FieldError.of(name, "too-long", "has more than {} characters", LONGEST));
        }
        return JsonFields.unwritable(value, false)
                ? Optional.of(FieldError.of(name, "control-characters", "has control characters"))
                : Optional.empty();
    }

    private static int limit(Map<String, String> query) {
        @Nullable String text = query.get("limit");
        if (text == null || text.isEmpty()) {
            return USUAL;
        }
        if (!LIMIT.matcher(text).matches() || Integer.parseInt(text) > MOST) {
            throw Problem.invalid("limit", "out-of-range", "must be a number from {} to {}", 1, MOST);
        }
        return Integer.parseInt(text);
    }
}
