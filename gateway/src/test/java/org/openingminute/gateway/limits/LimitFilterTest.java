package org.openingminute.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

/** Proves that two gateways learn good tokens independently. The simulated services accept every token. */
class LimitFilterTest {

    private static final String REGISTRATION = "019c1f4b-fe80-7025-8065-5a1d316edc57";

    private final LimitFilter one = gateway();
    private final LimitFilter other = gateway();

    private static LimitFilter gateway() {
        GatewaySettings settings = TestSettings.of(GatewaySettings.Mode.DEPLOYED);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        return new LimitFilter(settings, _ -> Optional.empty(), new SharedBuckets(settings, meters), meters);
    }

    @Test
    void each_gateway_learns_by_itself_which_tokens_are_good() {
        assertThat(policyFor(one)).startsWith("\"address\"");
        assertThat(policyFor(one)).startsWith("\"token\"");
        assertThat(policyFor(other)).startsWith("\"address\"");
        assertThat(policyFor(other)).startsWith("\"token\"");
    }

    private static @Nullable String policyFor(LimitFilter gateway) {
        MockServerWebExchange exchange =
                MockServerWebExchange.from(MockServerHttpRequest.get("/api/registrations/" + REGISTRATION)
                        .header(HttpHeaders.AUTHORIZATION, "Bearer k1." + REGISTRATION + ".-.0." + "a".repeat(43))
                        .remoteAddress(new InetSocketAddress("198.51.100.1", 1000)));
        gateway.filter(exchange, passed -> {
                    passed.getResponse().setStatusCode(HttpStatus.OK);
                    return passed.getResponse().setComplete();
                })
                .block();
        return exchange.getResponse().getHeaders().getFirst("RateLimit-Policy");
    }
}
