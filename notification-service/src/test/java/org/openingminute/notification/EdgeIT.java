package org.openingminute.notification;

import java.net.URI;
import java.util.UUID;
import org.openingminute.kit.testing.EdgeContract;
import org.springframework.boot.test.web.server.LocalServerPort;

@NotificationServiceApplicationTest
class EdgeIT implements EdgeContract {

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
}
