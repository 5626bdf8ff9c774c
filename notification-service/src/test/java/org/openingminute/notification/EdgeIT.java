package org.openingminute.notification;

import java.net.URI;
import java.util.Set;
import java.util.UUID;
import org.openingminute.kit.testing.EdgeContract;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Proves that the running service keeps the rules for HTTP that all services share. */
@NotificationServiceApplicationTest
class EdgeIT implements EdgeContract {

    @Autowired
    private RequestMappingHandlerMapping requestMappingHandlerMapping;

    @LocalServerPort
    private int port;

    @Override
    public URI base() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public String publicUrl() {
        return StaffIssuer.ISSUER;
    }

    @Override
    public String accessTokenKeys() {
        return ServiceFixture.KEYS;
    }

    @Override
    public String staffToken(String role) {
        return ServiceFixture.STAFF.token(role);
    }

    @Override
    public String read(UUID registration) {
        return "/api/registrations/" + registration + "/attendees/" + new UUID(0, 1) + "/ticket.pdf";
    }

    @Override
    public String write(UUID registration) {
        return "/api/registrations/" + registration + "/mails";
    }

    @Override
    public String organisersWrite(UUID registration) {
        return "/api/admin/conferences/mlsys-2026/announcements";
    }

    @Override
    public RequestMappingHandlerMapping handlers() {
        return requestMappingHandlerMapping;
    }

    /** Links in mails, and the requests that mail providers send for them by themselves (RFC 8058). */
    @Override
    public Set<String> undocumented() {
        return Set.of("GET /api/unsubscribe/{token}", "POST /api/unsubscribe/{token}");
    }
}
