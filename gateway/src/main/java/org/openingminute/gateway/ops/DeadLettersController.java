package org.openingminute.gateway.ops;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.Service;
import org.openingminute.gateway.staff.StaffAccess;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves the dead letters of all services as one list, and replays several of them. Calls about a single dead letter are routed to its
 * service.
 */
@RestController
@RequestMapping("/api/ops/dead-letters")
class DeadLettersController {

    private static final String INSIDE = "/internal/ops/dead-letters";
    private static final Set<String> STATES = Set.of("open", "replayed", "discarded");
    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern ID = Pattern.compile("[a-z-]+\\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int MOST = 200;
    private static final int USUAL = 50;
    private static final int MOST_AT_ONCE = 100;
    private static final int LONGEST_ID = 100;

    private final StaffAccess access;
    private final ServiceCall services;
    private final JoinedPage pages;

    DeadLettersController(StaffAccess access, ServiceCall services) {
        this.access = access;
        this.services = services;
        this.pages = new JoinedPage(services, DeadLettersController::made);
    }

    record Several(@Nullable List<@Nullable String> ids) {}

    @GetMapping
    Mono<ResponseEntity<ObjectNode>> list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String limit,
            @RequestParam(required = false) @Nullable String after,
            ServerHttpRequest request) {
        return access.require(Permission.OPERATE, request)
                .flatMap(_ -> pages.of(INSIDE + query(state, limit, after), limit(limit), request))
                .map(DeadLettersController::uncached);
    }

    private static String query(@Nullable String state, @Nullable String limit, @Nullable String after) {
        if (state != null && !STATES.contains(state)) {
            throw Problem.invalid("state", "not-one-of", "must be one of {}", "open, replayed, discarded");
        }
        if (after != null && !ID.matcher(after).matches()) {
            throw Problem.invalid("after", "not-an-id", "is not a valid id");
        }
        return "?limit=" + limit(limit) + (state == null ? "" : "&state=" + state)
                + (after == null ? "" : "&after=" + after);
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return USUAL;
        }
        if (!LIMIT.matcher(text).matches() || Integer.parseInt(text) > MOST) {
            throw Problem.invalid("limit", "out-of-range", "must be a number from {} to {}", 1, MOST);
        }
        return Integer.parseInt(text);
    }

    /** The part of the id by which dead letters of all services sort: the id within a service begins with its creation time. */
    private static String made(ObjectNode deadLetter) {
        String id = deadLetter.path("id").asString();
        return id.substring(id.indexOf('.') + 1);
    }

    @PostMapping(path = "/replay", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<ObjectNode>> replay(@RequestBody Several several, ServerHttpRequest request) {
        return access.require(Permission.OPERATE, request).then(Mono.defer(() -> {
            String how = how(request);
            return Flux.fromIterable(ids(several))
                    .concatMap(id -> replay(id, how, request))
                    .collectList()
                    .map(outcomes -> {
                        ObjectNode all = ServiceCall.object();
                        all.putArray("items").addAll(outcomes);
                        return uncached(all);
                    });
        }));
    }

    /** The query string for each replay. */
    private static String how(ServerHttpRequest request) {
        MultiValueMap<String, String> requested = request.getQueryParams();
        if (requested.isEmpty()) {
            return "";
        }
        @Nullable String dryRun = requested.getFirst("dryRun");
        if (requested.size() > 1 || !requested.containsKey("dryRun")) {
            throw Problem.invalid("dryRun", "only-parameter", "must be the only parameter");
        }
        if (!"true".equals(dryRun) && !"false".equals(dryRun)) {
            throw Problem.invalid("dryRun", "not-a-boolean", "must be true or false");
        }
        return "?dryRun=" + dryRun;
    }

    private static Set<String> ids(Several several) {
        @Nullable List<@Nullable String> ids = several.ids();
        if (ids == null || ids.isEmpty()) {
            throw Problem.invalid("ids", "required", "is required");
        }
        if (ids.size() > MOST_AT_ONCE) {
            throw Problem.invalid("ids", "too-many", "must have at most {} entries", MOST_AT_ONCE);
        }
        Set<String> known = new LinkedHashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            if (id == null || id.length() > LONGEST_ID || JsonFields.unwritable(id, false)) {
                throw Problem.invalid("ids[" + i + "]", "not-an-id", "is not a valid id");
            }
            known.add(id);
        }
        return known;
    }

    private Mono<ObjectNode> replay(String id, String how, ServerHttpRequest request) {
        Optional<Service> service = ID.matcher(id).matches()
                ? Arrays.stream(Service.values())
                        .filter(one -> id.startsWith(one.wireName() + "."))
                        .findFirst()
                : Optional.empty();
        if (service.isEmpty()) {
            return Mono.just(outcome(id, "not-found", null));
        }
        return services.post(service.get(), INSIDE + "/" + id + "/replay" + how, request, ServiceCall.object())
                .map(answer -> outcome(id, answer))
                .defaultIfEmpty(outcome(id, "unavailable", null));
    }

    /** The outcome of a replay, or the code of the problem that prevented it. */
    private static ObjectNode outcome(String id, ServiceProbe.ProbeResult answer) {
        ObjectNode reply = answer.body();
        return answer.status().is2xxSuccessful()
                ? outcome(
                        id,
                        reply.at("/replay/outcome").asString(),
                        reply.at("/replay/reason").asStringOpt().orElse(null))
                : outcome(
                        id,
                        reply.path("code").asString(),
                        reply.path("detail").asStringOpt().orElse(null));
    }

    private static ObjectNode outcome(String id, String outcome, @Nullable String reason) {
        return ServiceCall.object().put("id", id).put("outcome", outcome).put("reason", reason);
    }

    private static ResponseEntity<ObjectNode> uncached(ObjectNode body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
