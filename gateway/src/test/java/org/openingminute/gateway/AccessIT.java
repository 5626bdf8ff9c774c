package org.openingminute.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.openingminute.gateway.staff.Member;
import org.openingminute.gateway.staff.StaffTokenIssuer;
import org.openingminute.gateway.waiting.StubSales;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.testing.AccessMatrix;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Proves, on a running gateway with stub services, which callers each route that the gateway answers itself lets in. */
@GatewayTest
class AccessIT implements AccessMatrix {

    private static final String CONFERENCE = "access-2026";

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mapping;

    @Autowired
    private StaffTokenIssuer tokens;

    @Override
    public URI base() {
        return gateway.uri("");
    }

    /** Any key will do: the gateway has none, and recognises a registrant's token by its form. */
    @Override
    public String accessTokenKeys() {
        return "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";
    }

    @Override
    public String staffToken(String role) {
        return tokens.issue(new Member(
                        new Person(role, role),
                        null,
                        Set.of(Role.Grant.read(role).orElseThrow())))
                .accessToken();
    }

    @Override
    public Stream<Route> routes() {
        return mapping.getHandlerMethods().entrySet().stream()
                .filter(handler -> handler.getValue().getBeanType().getName().startsWith("org.openingminute."))
                .flatMap(handler -> routes(handler.getKey()));
    }

    private static Stream<Route> routes(RequestMappingInfo mapping) {
        Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
        assertThat(methods).as("methods of %s", mapping).isNotEmpty();
        boolean isForm = mapping.getConsumesCondition()
                .getConsumableMediaTypes()
                .contains(MediaType.APPLICATION_FORM_URLENCODED);
        return methods.stream()
                .flatMap(method -> mapping.getPatternsCondition().getPatterns().stream()
                        .map(path -> new Route(method.name(), path.getPatternString(), isForm)));
    }

    /** The gateway stores no registrations. It only needs a conference with a waiting room, and a registration-service that is ready. */
    @Override
    public Subject subject() {
        new StubSales(gateway.registration).are(CONFERENCE, "paused", "on");
        await().until(() ->
                gateway.post("/api/waiting-room/" + CONFERENCE + "/places", "").statusCode() == 201);
        gateway.registration.on("/actuator/health/readiness", 200, "application/json", "{\"status\":\"UP\"}");
        return new Subject(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    }

    @Override
    public Map<String, String> variables(Subject subject) {
        return Map.of("name", "docs.js", "file", "ui.0123456789ab.css", "slug", CONFERENCE);
    }
}
