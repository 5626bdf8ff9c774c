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
 * Every page and call of the desk and the door, asked through the gateway by every role, also by roles of this and of another conference
 * alone: who is let in is what {@link Permission} says, and what is opened or exported is in the audit, by name. Calls are those of the jars
 * that run, so that one without a row in {@code desk-access.md} fails the test. What the audit says of acts, each service's own
 * {@code AuditIT} shows. What registrants may open as well, such as {@code GET /api/registrations/{id}}, is not among them: who is let in
 * there, each service's {@code AccessIT} shows, and that the audit names staff who open it, registration-service's {@code AuditIT}.
 */
@ExtendWith(SystemFixture.class)
class DeskAccessIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> SERVICES =
            List.of("registration-service", "payment-service", "notification-service", "gateway");

    private static final Pattern DESK = Pattern.compile("/(desk|check-in|api/admin)(/.*)?|" + Route.TRANSFERS_BACK);
    private static final String NOTHING = "-";
    private static final int AT_ONCE = 4;

    /** What has to be in an address for an answer. */
    private static final Map<String, String> QUERIES =
            Map.of("GET /api/admin/conferences/{slug}/money.csv", "?day=2026-02-02");

    /** The gateway's, which knows no conferences. */
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
     * What a call needs.
     *
     * @param permissions one of them is enough; with none everybody is let in who has signed in
     * @param isOfOneConference whether roles of another conference are refused
     * @param audited what the audit says of who reads it; {@link #NOTHING} for nothing
     */
    private record Need(Set<Permission> permissions, boolean isOfOneConference, String audited) {

        /** The status of the refusal, or 200 for somebody who is let in. */
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
     * @param staff {@code null} for who is none of the staff
     */
    private record Who(String name, Caller.@Nullable Staff staff, Map<String, String> headers) {}

    /**
     * A call and what came of it.
     *
     * @param isRight whether it was to be answered like that
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

        List<Asked> reads = ask(routes, true, callers, (route, who) -> {
            Answer answer = call(route, filled(route, values), who);
            int expected = needs.get(route.name()).answers(who, here);
            boolean isRight = refusal(answer) == expected && (expected != 200 || isThere(answer));
            return new Asked(route, who, answer.status(), isRight);
        });
        assertThat(reads).filteredOn(asked -> !asked.isRight()).isEmpty();
        assertThat(audit())
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

    /** What an organiser reads in the audit of this conference: who, by name, and what. */
    private List<String> audit() {
        List<String> rows = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = api.get("/api/admin/audit?limit=200&conference=" + here + after, api.signIn("organiser"))
                    .has(200)
                    .json();
            page.at("/items")
                    .valueStream()
                    .filter(row -> !row.at("/who").asString().equals("organiser"))
                    .forEach(row -> rows.add(
                            row.at("/person").asString() + " " + row.at("/what").asString()));
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
     * Nobody, a registrant, and each role as it is given for all conferences, for this one and for another.
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

    /** Each route by each caller; several routes beside each other. */
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

    /** Everything but a refusal of the caller stands as 200. Who opens a page without having signed in is led to the form. */
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
        return api.send(route.method(), path, isRead ? null : body, headers);
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

    /** A conference with somebody checked in, a proof that waits, a voucher and a wording of its own; and another conference. */
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
        // The first of them may be known elsewhere some moments later.
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
