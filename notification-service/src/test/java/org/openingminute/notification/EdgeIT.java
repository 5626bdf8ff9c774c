package org.openingminute.notification;

import java.net.URI;
import java.util.UUID;
import org.openingminute.kit.testing.EdgeContract;

class EdgeIT extends ServiceUnderTest implements EdgeContract {

    @Override
    public URI base() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public String publicUrl() {
        return Staff.ISSUER;
    }

    @Override
    public String accessTokenKeys() {
        return KEYS;
    }

    @Override
    public String staffToken(String role) {
        return STAFF.token(role);
    }

    @Override
    public String read(UUID registration) {
        return "/api/registrations/" + registration + "/attendees/" + new UUID(0, 1) + "/ticket.pdf";
    }

    @Override
    public String write(UUID registration) {
        return "/api/registrations/" + registration + "/mails";
    }
}
