package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.EdgeContract;
import org.openingminute.kit.testing.TokenVectors;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Proves that the running service keeps the rules for HTTP that all services share. */
@PaymentServiceTest
class EdgeIT implements EdgeContract {

    @Autowired
    private RequestMappingHandlerMapping requestMappingHandlerMapping;

    @Autowired
    private ServiceFixture service;

    @Override
    public URI base() {
        return URI.create(service.url());
    }

    @Override
    public String publicUrl() {
        return service.url();
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
    public String read(UUID registration) {
        return "/api/payments/" + registration;
    }

    @Override
    public String write(UUID registration) {
        return "/api/payments/" + registration + "/checkout";
    }

    @Override
    public String organisersWrite(UUID registration) {
        return "/api/payments/" + registration + "/refunds/" + registration + "/transfer";
    }

    /** A payment belongs to the contact, so an attendee's token must not open it. */
    @Test
    void attendee_cannot_see_the_payment() {
        UUID registration = UUID.randomUUID();
        String token = TokenVectors.signed(accessTokenKeys(), "k1." + registration + "." + UUID.randomUUID() + ".0");
        assertThat(service.send(service.to("/api/payments/" + registration).header("Authorization", "Bearer " + token))
                        .code())
                .isEqualTo("forbidden");
    }

    @Override
    public RequestMappingHandlerMapping handlers() {
        return requestMappingHandlerMapping;
    }
}
