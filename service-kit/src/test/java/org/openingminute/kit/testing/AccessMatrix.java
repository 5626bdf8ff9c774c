package org.openingminute.kit.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.access.AccessToken;
import org.openingminute.kit.access.AccessTokens;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Calls each route of a service as each kind of caller, and compares the results with the table in {@code access.md}. It uses the routes
 * that the service has mapped, so a new route without a row fails the test. A service's own test implements this interface and names what
 * the calls are about.
 */
public interface AccessMatrix {

    /** The base URI of the running service. */
    URI base();

    /** The service's {@code ACCESS_TOKEN_KEYS}. */
    String accessTokenKeys();

    /** A valid token of a member of staff. */
    String staffToken(String role);

    /** The routes of the service. */
    Stream<Route> routes();

    /** A registration that exists in the service, with two attendees. */
    Subject subject();

    /** A value for each path variable. */
    Map<String, String> variables(Subject subject);

    /** Bodies by route, for routes that check the body before the caller and reject {@code {}} or an empty form. */
    default Map<String, Body> bodies() {
        return Map.of();
    }

    @Test
    default void each_caller_is_let_in_where_the_table_says() {
        PrintedTable table = new PrintedTable(
                """
                # Who may call what
                `yes`: let in, whatever then comes of the call. Any other cell is the status of the refusal. An attendee calls about
                the own data, the other attendee is one of the same registration. An organiser elsewhere is one of another
                conference alone. A call that refuses everybody asks for what it carries itself: a link's token, a signature, a key.
                """,
                Stream.concat(Stream.of("route"), Arrays.stream(Who.values()).map(who -> who.column))
                        .toList());
        Subject read = subject();
        routes().sorted(Comparator.comparing(Route::path).thenComparing(Route::name))
                .forEach(route -> table.row(Stream.concat(
                                Stream.of(route.name()),
                                (route.method().equals("GET") ? readAtOnce(route, read) : oneAfterTheOther(route))
                                        .map(AccessMatrix::cell))
                        .toList()));
        table.isIn("access.md");
    }

    private Stream<Integer> readAtOnce(Route route, Subject subject) {
        List<CompletableFuture<Integer>> calls = Arrays.stream(Who.values())
                .map(who -> call(route, who, subject))
                .toList();
        return calls.stream().map(CompletableFuture::join);
    }

    /** Each write has a subject of its own, because one call may revoke a caller's token. */
    private Stream<Integer> oneAfterTheOther(Route route) {
        Subject subject = subject();
        return Arrays.stream(Who.values()).map(who -> call(route, who, subject).join());
    }

    private static String cell(int status) {
        return switch (status) {
            case 400, 401, 403, 405, 406, 415 -> Integer.toString(status);
            default -> status < 500 ? "yes" : Integer.toString(status);
        };
    }

    private CompletableFuture<Integer> call(Route route, Who who, Subject subject) {
        Map<String, String> variables = variables(subject);
        String path = Pattern.compile("\\{(\\w+)[^}]*}").matcher(route.path()).replaceAll(variable -> {
            String name = variable.group(1);
            return Objects.requireNonNull(variables.get(name), "a value for {" + name + "} of " + route.path());
        });
        HttpRequest.Builder request = HttpRequest.newBuilder(base().resolve(path));
        if (route.method().equals("GET") || route.method().equals("DELETE")) {
            request.method(route.method(), BodyPublishers.noBody());
        } else {
            Body body = bodies().getOrDefault(route.name(), route.isForm() ? Body.form("") : Body.json("{}"));
            request.method(route.method(), BodyPublishers.ofByteArray(body.content()))
                    .header("Content-Type", body.type())
                    .header("Idempotency-Key", UUID.randomUUID().toString());
        }
        @Nullable String token = token(who, subject);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return Calls.status(request.build());
    }

    private @Nullable String token(Who who, Subject subject) {
        return switch (who) {
            case STRANGER -> null;
            case OTHER_REGISTRANT -> token(UUID.randomUUID(), null);
            case OTHER_ATTENDEE -> token(subject.registration(), subject.otherAttendee());
            case ATTENDEE -> token(subject.registration(), subject.attendee());
            case CONTACT -> token(subject.registration(), null);
            case CHECK_IN, OPERATOR, FINANCE, ORGANISER -> staffToken(who.column);
            case ORGANISER_ELSEWHERE -> staffToken("organiser:elsewhere-2026");
        };
    }

    private String token(UUID registration, @Nullable UUID attendee) {
        return AccessTokens.of(accessTokenKeys()).sign(new AccessToken(registration, attendee, 0));
    }

    /** The callers, by ascending permissions. */
    enum Who {
        STRANGER("stranger"),
        OTHER_REGISTRANT("other registrant"),
        OTHER_ATTENDEE("other attendee"),
        ATTENDEE("attendee"),
        CONTACT("contact"),
        CHECK_IN("check-in"),
        OPERATOR("operator"),
        ORGANISER_ELSEWHERE("organiser elsewhere"),
        FINANCE("finance"),
        ORGANISER("organiser");

        private final String column;

        Who(String column) {
            this.column = column;
        }
    }

    /** The registration and the attendees that the calls are about. */
    record Subject(UUID registration, UUID attendee, UUID otherAttendee) {}

    /** A request body and its media type. */
    record Body(String type, byte[] content) {

        public static Body json(String content) {
            return new Body("application/json", content.getBytes(StandardCharsets.UTF_8));
        }

        public static Body form(String content) {
            return new Body("application/x-www-form-urlencoded", content.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * A method and a path.
     *
     * @param isForm whether the route accepts a browser's form
     */
    record Route(String method, String path, boolean isForm) {

        /** The route's name in the table. A form and JSON may share one path. */
        public String name() {
            return method + " " + path + (isForm ? " (form)" : "");
        }

        /** The project's own routes that a service with servlets has mapped. */
        public static Stream<Route> of(RequestMappingHandlerMapping mapping) {
            return mapping.getHandlerMethods().entrySet().stream()
                    .filter(handler ->
                            handler.getValue().getBeanType().getName().startsWith("org.openingminute."))
                    .flatMap(handler -> methods(handler.getKey()).stream()
                            .flatMap(method -> handler.getKey().getPatternValues().stream()
                                    .map(path -> new Route(
                                            method.name(),
                                            handler.getKey().getParamsCondition().getExpressions().stream()
                                                    .reduce(path, (route, one) -> route + "?" + one, String::concat),
                                            handler.getKey().getConsumesCondition().getConsumableMediaTypes().stream()
                                                    .anyMatch(type ->
                                                            type.getSubtype().equals("x-www-form-urlencoded"))))));
        }

        private static Set<RequestMethod> methods(RequestMappingInfo mapping) {
            Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
            if (methods.isEmpty()) {
                throw new AssertionError("a mapping names its methods: " + mapping);
            }
            return methods;
        }
    }

    /** Sends calls and reads only the status of the responses, because a stream has no end. */
    final class Calls {

        private static final HttpClient HTTP =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        private Calls() {}

        private static CompletableFuture<Integer> status(HttpRequest request) {
            return HTTP.sendAsync(request, BodyHandlers.ofInputStream()).thenApply(answer -> {
                try (InputStream _ = answer.body()) {
                    return isLedToSignIn(answer) ? 401 : answer.statusCode();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        /** A redirect to sign-in refuses the caller, like a 401. */
        private static boolean isLedToSignIn(HttpResponse<?> answer) {
            return answer.headers()
                    .firstValue("Location")
                    .filter(place -> place.startsWith("/sign-in?"))
                    .isPresent();
        }
    }
}
