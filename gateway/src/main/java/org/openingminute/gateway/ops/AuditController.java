package org.openingminute.gateway.ops;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.staff.StaffAccess;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.JsonFields;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * The audit of all services in one list. Each service shows an organiser the rows of the organiser's conferences alone. A bad value is
 * refused here, because a service that refuses it would look as if it were away.
 */
@RestController
class AuditController {

    private static final String INSIDE = "/internal/audit";
    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern YEAR = Pattern.compile("[0-9]{4}-.{1,60}");
    private static final int MOST = 200;
    private static final int USUAL = 50;
    private static final int LONGEST = 200;

    private final StaffAccess access;
    private final JoinedPage pages;

    AuditController(StaffAccess access, ServiceCall services) {
        this.access = access;
        this.pages = new JoinedPage(services, row -> row.path("id").asString());
    }

    @GetMapping("/api/admin/audit")
    Mono<ResponseEntity<ObjectNode>> list(@RequestParam Map<String, String> query, ServerHttpRequest request) {
        return access.require(Permission.ORGANISE, request)
                .flatMap(organiser -> pages.of(path(query, organiser), limit(query), request))
                .map(page ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(page));
    }

    private static String path(Map<String, String> query, Caller.Staff organiser) {
        UriComponentsBuilder path = UriComponentsBuilder.fromPath(INSIDE).queryParam("limit", limit(query));
        for (String name : new String[] {"registration", "conference", "who", "what", "from", "to", "after"}) {
            @Nullable String value = query.get(name);
            if (value != null && !value.isEmpty()) {
                check(name, value);
                path.queryParam(name, UriUtils.encode(value, StandardCharsets.UTF_8));
            }
        }
        @Nullable String conference = query.get("conference");
        if (conference != null && !conference.isEmpty()) {
            organiser.in(conference);
        }
        return path.build().toUriString();
    }

    private static void check(String name, String value) {
        switch (name) {
            case "registration", "after" -> requireId(name, value);
            case "from", "to" -> requireInstant(name, value);
            default -> requireText(name, value);
        }
    }

    private static void requireId(String name, String value) {
        if (Ids.read(value).isEmpty()) {
            throw Problem.invalid(name, "not-an-id", "is not a valid id");
        }
    }

    private static void requireInstant(String name, String value) {
        try {
            if (YEAR.matcher(value).matches()) {
                Instant.parse(value);
                return;
            }
        } catch (DateTimeException e) {
            // Refused below.
        }
        throw Problem.invalid(name, "not-an-instant", "must be an instant such as 2026-02-02T09:00:00Z");
    }

    private static void requireText(String name, String value) {
        if (value.length() > LONGEST) {
            throw Problem.invalid(name, "too-long", "has more than {} characters", LONGEST);
        }
        if (JsonFields.unwritable(value, false)) {
            throw Problem.invalid(name, "control-characters", "has control characters");
        }
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
