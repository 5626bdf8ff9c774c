package org.openingminute.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves how a gateway runs whose OpenID Connect issuer has been unavailable since its start. */
@GatewayTest(surroundings = ProviderAwayIT.WithoutIssuer.class)
class ProviderAwayIT {

    private static final String NOWHERE = "http://127.0.0.1:1";

    static final class WithoutIssuer extends ServiceFixture.Surroundings {

        WithoutIssuer() {
            super("OIDC_ISSUER=" + NOWHERE, "OIDC_AUDIENCE=registration", "STAFF_JWKS_URI=" + NOWHERE + "/keys");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Test
    void sign_in_page_reports_the_outage() {
        HttpResponse<String> english = gateway.get("/sign-in?to=/desk");
        assertThat(english.statusCode()).isEqualTo(503);
        assertThat(english.headers().firstValue("Retry-After")).isPresent();
        assertThat(english.body())
                .contains("<h1>You are not signed in</h1>", "Your sign-in provider is not responding right now.");
        assertThat(gateway.get("/sign-in", "Accept-Language", "de").body())
                .contains("Ihr Anmeldedienst antwortet gerade nicht.");
    }
}
