package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class StaffAccessTest {

    @Test
    void a_silent_issuer_times_out() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            StaffAccess access =
                    new StaffAccess(trusting("http://127.0.0.1:" + silent.getLocalPort() + "/keys"), Clock.systemUTC());

            assertThatThrownBy(() -> access.require(
                                    Role.OPERATOR,
                                    MockServerHttpRequest.get("/api/ops/status")
                                            .header("Authorization", "Bearer " + token())
                                            .build())
                            .block(Duration.ofSeconds(20)))
                    .isInstanceOfSatisfying(
                            Problem.class, refusal -> assertThat(refusal.code()).isEqualTo(CommonProblem.UNAVAILABLE));
        }
    }

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
        StaffAccess access = new StaffAccess(trusting("http://127.0.0.1:1/keys"), Clock.systemUTC());
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.method(
                        HttpMethod.valueOf(method), "/api/ops/outbox/relay-again")
                .cookie(new HttpCookie("staff", "no.good.token"));
        if (origin != null) {
            request.header("Origin", origin);
        }

        assertThatThrownBy(() -> access.require(Role.OPERATOR, request.build()).block(Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refusal -> assertThat(refusal.code().wireName()).isEqualTo(code));
    }

    private static GatewaySettings trusting(String keys) {
        return TestSettings.of(
                GatewaySettings.Mode.REHEARSAL,
                new GatewaySettings.StaffSettings(
                        "",
                        "",
                        "https://issuer.example.org",
                        "registration",
                        keys,
                        new GatewaySettings.Passwords("", "", "")));
    }

    /** Well formed, so that its signature is looked at. */
    private static String token() {
        return part("{\"alg\":\"ES256\",\"kid\":\"1\"}") + "." + part("{\"sub\":\"ada\"}") + "." + part("x".repeat(64));
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
