package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
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
                            Problem.class,
                            refusal -> org.assertj.core.api.Assertions.assertThat(refusal.code())
                                    .isEqualTo(CommonProblem.UNAVAILABLE));
        }
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
