package org.openingminute.registration;

import java.net.URI;
import java.util.UUID;
import org.openingminute.kit.testing.EdgeContract;

class EdgeIT extends ServiceCalls implements EdgeContract {

    @Override
    public URI base() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public String publicUrl() {
        return "http://localhost:8080";
    }

    @Override
    public String accessTokenKeys() {
        return "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";
    }

    @Override
    public String staffToken(String role) {
        return ServiceUnderTest.staffToken(role);
    }

    @Override
    public String read(UUID registration) {
        return "/api/registrations/" + registration;
    }

    @Override
    public String write(UUID registration) {
        return "/api/registrations/" + registration + "/cancellation";
    }
}
