package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.Problem;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.StaffTokens;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/**
 * Proves who may use each page and call of the desk and the check-in: every role, also with a scope of this or another conference only,
 * calls each route through the gateway. {@link Permission} defines who is admitted, and the audit must name who opened or exported
 * something. The routes come from the jars that run, so a route without a row in {@code desk-access.md} fails the test. Each service's
 * {@code AuditIT} proves the audit of acts. Routes that registrants may use as well, such as {@code GET /api/registrations/{id}}, are
 * excluded: each service's {@code AccessIT} proves who may use them, and registration-service's {@code AuditIT} that the audit names staff
 * who do.
 */
@ExtendWith(SystemFixture.class)
class DeskAccessIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> SERVICES =
            List.of("registration-service", "payment-service", "notification-service", "gateway");

    private static final Pattern DESK = Pattern.compile("/(desk|check-in|api/admin)(/.*)?|" + Route.TRANSFERS_BACK);
    private static final String NOTHING = "-";
    private static final int AT_ONCE = 4;

    /** The query that a call needs to be answered. */
    private static final Map<String, String> QUERIES = Map.of(
            "GET /api/admin/conferences/{slug}/money.csv", "?day=2026-02-02",
            "GET /api/admin/conferences/{slug}/money.xlsx", "?day=2026-02-02");

    /** Routes of the gateway, which accepts any slug because it knows no conferences. */
    private static final Pattern OF_ANY_SLUG = Pattern.compile("GET .*/(waiting-room/.*report|audit)");

    private final Running running;
    private final ApiClient api;
    private final StaffTokens tokens;
    private final String here = ApiClient.newSlug("access");
    private final String elsewhere = ApiClient.newSlug("elsewhere");

    DeskAccessIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.tokens = new StaffTokens(running);
    }

    /**
     * The requirements of a call.
     *
     * @param permissions the permissions, one of which suffices; if empty, everybody who has signed in is admitted
     * @param isOfOneConference whether roles of another conference are refused
     * @param audited the audit's text for a read; {@link #NOTHING} for none
     */
    private record Need(Set<Permission> permissions, boolean isOfOneConference, String audited) {

        /** The status of the refusal, or 200 if the caller is admitted. */
        int answers(Who who, String conference) {
            if (who.headers().isEmpty()) {
                return 401;
            }
            Caller.@Nullable Staff staff = who.staff();
            boolean isLetIn = permissions.isEmpty()
                    || (staff != null && permissions.stream().anyMatch(one -> mayDo(staff, one, conference)));
            return isLetIn ? 200 : 403;
        }

        private boolean mayDo(Caller.Staff staff, Permission permission, String conference) {
            try {
                Caller.Staff narrowed = staff.with(permission);
                if (isOfOneConference) {
                    narrowed.in(conference);
                }
                return true;
            } catch (Problem denied) {
                return false;
            }
        }
    }

    /**
     * A caller.
     *
     * @param staff {@code null} if the caller is not a member of staff
     */
    private record Who(String name, Caller.@Nullable Staff staff, Map<String, String> headers) {}

    /**
     * A call and its result.
     *
     * @param isRight whether the status is the expected one
     */
    private record Asked(Route route, Who who, int status, boolean isRight) {

        @Override
        public String toString() {
            return route.name() + ", " + who.name() + ": " + status;
        }
    }

    @Test
    void each_role_is_let_in_where_its_permissions_say_and_named_in_the_audit() throws Exception {
        Map<String, Need> needs = needs();
        List<Route> routes = routes();
        assertThat(routes).extracting(Route::name).containsExactlyInAnyOrderElementsOf(needs.keySet());
        Map<String, String> values = putOnSale();
        List<Who> callers = callers(values.get("token"));
        Instant began = businessTime();

        List<Asked> reads = ask(routes, true, callers, (route, who) -> {
            Answer answer = call(route, filled(route, values), who);
            int expected = needs.get(route.name()).answers(who, here);
            boolean isRight = refusal(answer) == expected && (expected != 200 || isThere(answer));
            return new Asked(route, who, answer.status(), isRight);
        });
        assertThat(reads).filteredOn(asked -> !asked.isRight()).isEmpty();
        assertThat(audit(began))
                .containsExactlyInAnyOrderElementsOf(reads.stream()
                        .filter(asked -> asked.status() == 200)
                        .map(asked -> asked.who().name() + " "
                                + needs.get(asked.route().name()).audited())
                        .filter(row -> !row.endsWith(" " + NOTHING))
                        .toList());

        List<Asked> writes = ask(routes, false, callers, (route, who) -> {
            Answer answer = call(route, filled(route, values), who);
            int expected = needs.get(route.name()).answers(who, here);
            boolean isRight = refusal(answer) == expected && answer.status() < 500;
            return new Asked(route, who, answer.status(), isRight);
        });
        assertThat(writes).filteredOn(asked -> !asked.isRight()).isEmpty();
    }

    @Test
    void unknown_conference_is_not_found_by_those_alone_who_would_be_let_in() throws Exception {
        Map<String, Need> needs = needs();
        String unknown = ApiClient.newSlug("unknown");
        List<Route> routes = routes().stream()
                .filter(route -> route.variables().contains("{slug}")
                        && !OF_ANY_SLUG.matcher(route.name()).matches())
                .toList();

        List<Asked> asked = ask(routes, true, callers(null), (route, who) -> {
            String path =
                    filled(route, Map.of("slug", unknown, "kind", "confirmation", "locale", "en", "code", "ACCESS"));
            Answer answer = call(route, path, who);
            int expected = needs.get(route.name()).answers(who, unknown);
            boolean isRight = expected == 200 ? answer.status() == 404 : refusal(answer) == expected;
            return new Asked(route, who, answer.status(), isRight);
        });

        assertThat(asked)
                .hasSizeGreaterThan(100)
                .filteredOn(one -> !one.isRight())
                .isEmpty();
    }

    private Instant businessTime() {
        return Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"));
    }

    /**
     * The audit of this conference as an organiser reads it: the person and the act of each row. Asserts that all times are by the
     * rehearsal's clock.
     *
     * @param began a time before the first row, with the delay after which a gateway knows it
     */
    private List<String> audit(Instant began) {
        Instant ended = businessTime();
        List<String> rows = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = api.get("/api/admin/audit?limit=200&conference=" + here + after, api.signIn("organiser"))
                    .has(200)
                    .json();
            page.at("/items")
                    .valueStream()
                    .filter(row -> !row.at("/who").asString().equals("organiser"))
                    .forEach(row -> {
                        assertThat(Instant.parse(row.at("/at").asString()))
                                .as(row.at("/what").asString())
                                .isBetween(began.minusSeconds(5), ended.plusSeconds(5));
                        rows.add(row.at("/person").asString() + " "
                                + row.at("/what").asString());
                    });
            String next = page.at("/next").asString("");
            after = next.isEmpty() ? "" : "&after=" + next;
        } while (!after.isEmpty());
        return rows;
    }

    private List<Route> routes() throws IOException, ClassNotFoundException {
        List<Route> routes = new ArrayList<>();
        for (String service : SERVICES) {
            Route.of(service, running.system()).stream()
                    .filter(route -> DESK.matcher(route.path()).matches())
                    .forEach(routes::add);
        }
        return routes;
    }

    private static Map<String, Need> needs() throws IOException {
        String table = new ClassPathResource("desk-access.md").getContentAsString(StandardCharsets.UTF_8);
        return table.lines()
                .filter(line -> line.matches("\\| [A-Z]+ /.*"))
                .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                .collect(Collectors.toMap(
                        cells -> cells.get(1),
                        cells -> new Need(
                                Stream.of(cells.get(2).split(", "))
                                        .filter(name -> !name.equals("none"))
                                        .map(Permission::valueOf)
                                        .collect(Collectors.toSet()),
                                cells.get(3).equals("its own"),
                                cells.get(4))));
    }

    /**
     * An anonymous caller, a registrant, and each role with a scope of all conferences, of this one and of another.
     *
     * @param registrant a registrant's token; {@code null} for no registrant
     */
    private List<Who> callers(@Nullable String registrant) {
        List<Who> callers = new ArrayList<>();
        callers.add(new Who("nobody", null, Map.of()));
        if (registrant != null) {
            callers.add(new Who("registrant", null, Map.of("Authorization", "Bearer " + registrant)));
        }
        for (Role role : Role.values()) {
            for (String scope : role == Role.OPERATOR ? List.of("") : List.of("", ":" + here, ":" + elsewhere)) {
                String grant = role.wireName() + scope;
                String name = "Grace of " + grant;
                callers.add(new Who(
                        name,
                        new Caller.Staff(
                                new Person(name, name),
                                Set.of(Role.Grant.read(grant).orElseThrow()),
                                Instant.MAX),
                        tokens.bearer(name, grant)));
            }
        }
        return callers;
    }

    /** Calls each route as each caller, several routes in parallel. */
    private static List<Asked> ask(
            List<Route> routes, boolean reads, List<Who> callers, BiFunction<Route, Who, Asked> call) throws Exception {
        List<Callable<List<Asked>>> all = routes.stream()
                .filter(route -> route.method().equals("GET") == reads)
                .<Callable<List<Asked>>>map(route -> () ->
                        callers.stream().map(who -> call.apply(route, who)).toList())
                .toList();
        List<Asked> asked = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<List<Asked>> one : threads.invokeAll(all)) {
                asked.addAll(one.get());
            }
        }
        return asked;
    }

    /** The status of a refusal of the caller; all other statuses become 200. A redirect to sign-in counts as 401. */
    private static int refusal(Answer answer) {
        boolean isLedToSignIn = answer.status() == 303
                && answer.headers().firstValue("Location").orElse("").startsWith("/sign-in?to=");
        return isLedToSignIn ? 401 : answer.status() == 401 || answer.status() == 403 ? answer.status() : 200;
    }

    private static boolean isThere(Answer answer) {
        return answer.status() < 500 && answer.status() != 404;
    }

    private Answer call(Route route, String path, Who who) {
        Map<String, String> headers = new HashMap<>(who.headers());
        boolean isPage = !route.path().startsWith("/api/");
        headers.put("Accept", isPage ? "text/html" : "*/*");
        headers.put("Idempotency-Key", ApiClient.newKey());
        if (isPage) {
            headers.put("Content-Type", "application/x-www-form-urlencoded");
        }
        String body = isPage ? "" : "{\"conference\": \"" + here + "\"}";
        boolean isRead = route.method().equals("GET") || route.method().equals("DELETE");
        Answer answer = api.send(route.method(), path, isRead ? null : body, headers);
        // On a busy machine a service may be unavailable for a moment.
        for (int i = 0; i < 8 && answer.status() == 503; i++) {
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            answer = api.send(route.method(), path, isRead ? null : body, headers);
        }
        return answer;
    }

    private static String filled(Route route, Map<String, String> values) {
        String path = route.path();
        boolean isProof = path.contains("proof");
        for (String variable : route.variables()) {
            String name = variable.substring(1, variable.length() - 1);
            String kind = isProof ? "proof." : route.path().contains("/mails/{id}") ? "mail." : "";
            @Nullable String value = values.getOrDefault(kind + name, values.get(name));
            path = path.replace(variable, value == null ? ApiClient.newKey() : value);
        }
        return path + QUERIES.getOrDefault(route.name(), "");
    }

    /** Creates a conference with a checked-in attendee, a proof to review, a voucher and its own wording, and another conference. */
    private Map<String, String> putOnSale() {
        Map<String, String> organiser = api.signIn("organiser");
        String definition =
                ApiClient.definition(here, 50, "\"holdMinutes\": 20", 10_000).replace("\"categories\": [", """
                        "categories": [{"code": "student", "name": "Student", "needsProof": true, "amounts": {"only": 3000}},
                        """);
        api.put("/api/admin/conferences/" + here, definition, organiser).has(201);
        api.putOnSale(elsewhere, 50, "\"holdMinutes\": 20", 10_000);
        api.put("/api/admin/conferences/" + here + "/vouchers/ACCESS", "{\"percentOff\": 50}", organiser)
                .has(201);
        String wording = "{\"subject\": \"{conference}: welcome, {name}\", \"text\": \"Bring {reference}.\"}";
        api.put("/api/admin/conferences/" + here + "/mails/confirmation/en", wording, organiser)
                .has(201);
        Registered paid = api.register(here, "guest", ApiClient.newAddress("access"));
        api.pay(paid);
        api.awaitStatus(paid, "confirmed", SOON);
        Registered student = api.register(here, "student", ApiClient.newAddress("access"));
        api.sendProof(student);
        String attendee = paid.answer().at("/attendees/0/id");
        String checkIn = api.post(
                        "/api/admin/check-ins", "{\"gate\": \"north\", \"attendee\": \"" + attendee + "\"}", organiser)
                .has(201)
                .at("/id");
        String mail = await().atMost(SOON)
                .until(
                        () -> api.get("/api/admin/mails?registration=" + paid.id(), organiser)
                                .at("/items/0/id"),
                        id -> !id.isEmpty());
        // Other services may learn of the first ones a moment later.
        await().atMost(SOON)
                .until(() -> api.get("/desk/" + here + "/registrations/" + paid.id() + "/money", organiser)
                                .status()
                        == 200);
        await().atMost(SOON)
                .until(() ->
                        api.get("/api/admin/conferences/" + here + "/attendees/" + attendee + "/badge.pdf", organiser)
                                        .status()
                                == 200);
        Map<String, String> values = new HashMap<>(Map.of(
                "slug",
                here,
                "id",
                paid.id(),
                "registrationId",
                paid.id(),
                "attendeeId",
                attendee,
                "attendee",
                attendee,
                "checkInId",
                checkIn,
                "mail.id",
                mail,
                "kind",
                "confirmation",
                "locale",
                "en",
                "code",
                "ACCESS"));
        values.put("token", paid.token());
        values.put("proof.id", student.id());
        values.put("proof.attendeeId", student.answer().at("/attendees/0/id"));
        return values;
    }
}
