package org.openingminute.registration;

import java.net.URI;
import java.util.UUID;
import org.openingminute.kit.testing.EdgeContract;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Proves that the running service keeps the rules for HTTP that all services share. */
@RegistrationServiceTest
class EdgeIT implements EdgeContract {

    @Autowired
    private RequestMappingHandlerMapping requestMappingHandlerMapping;

    @Autowired
    private ServiceFixture service;

    @Override
    public URI base() {
        return URI.create("http://127.0.0.1:" + service.port());
    }

    @Override
    public String publicUrl() {
        return "http://localhost:8080";
    }

    @Override
    public String accessTokenKeys() {
        return RegistrationServiceTest.TOKEN_KEYS;
    }

    @Override
    public String staffToken(String role) {
        return StaffIssuer.staffToken(role);
    }

    @Override
    public String read(UUID registration) {
        return "/api/registrations/" + registration;
    }

    @Override
    public String write(UUID registration) {
        return "/api/registrations/" + registration + "/cancellation";
    }

    @Override
    public String organisersWrite(UUID registration) {
        return "/api/admin/registrations/" + registration + "/mark-paid";
    }

    @Override
    public RequestMappingHandlerMapping handlers() {
        return requestMappingHandlerMapping;
    }
}
