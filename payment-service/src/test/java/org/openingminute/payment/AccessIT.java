package org.openingminute.payment;

import java.net.URI;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.openingminute.kit.testing.AccessMatrix;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Proves for each operation of the running service which callers it admits and refuses. */
@PaymentServiceTest
class AccessIT implements AccessMatrix {

    @Autowired
    private ServiceFixture service;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mapping;

    @Override
    public URI base() {
        return URI.create(service.url());
    }

    @Override
    public String accessTokenKeys() {
        return ServiceFixture.TOKEN_KEYS;
    }

    @Override
    public String staffToken(String role) {
        return service.staff(role);
    }

    @Override
    public Stream<Route> routes() {
        return Route.of(mapping);
    }

    @Override
    public Subject subject() {
        UUID registration = service.requested();
        service.awaitStatus(registration, "awaiting");
        return new Subject(registration, UUID.randomUUID(), UUID.randomUUID());
    }

    @Override
    public Map<String, String> variables(Subject subject) {
        String unknown = UUID.randomUUID().toString();
        return Map.of(
                "slug", "unknown",
                "registrationId", subject.registration().toString(),
                "refundId", unknown,
                "provider", "sandbox",
                "session", unknown,
                "key", unknown,
                "id", unknown);
    }
}
