package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class StaffAccessTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "POST, -, forbidden",
                "POST, https://evil.example, forbidden",
                "POST, " + ServiceFixture.PUBLIC_URL + ", unauthenticated",
                "GET, https://evil.example, unauthenticated"
            })
    void a_write_by_cookie_comes_from_our_own_page(String method, @Nullable String origin, String code) {
        GatewaySettings settings = TestSettings.withAccounts("");
        Clock clock = Clock.systemUTC();
        StaffAccess access = new StaffAccess(settings, new StaffTokenIssuer(settings, clock), clock);
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.method(
                        HttpMethod.valueOf(method), "/api/ops/outbox/relay-again")
                .cookie(new HttpCookie("staff", "no.good.token"));
        if (origin != null) {
            request.header("Origin", origin);
        }

        assertThatThrownBy(() ->
                        access.require(Permission.OPERATE, request.build()).block(Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refusal -> assertThat(refusal.code().wireName()).isEqualTo(code));
    }
}
