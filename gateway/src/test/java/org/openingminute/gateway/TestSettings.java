package org.openingminute.gateway;

import java.net.URI;
import java.time.Duration;

/** Settings for tests that start no gateway. */
public final class TestSettings {

    private TestSettings() {}

    public static GatewaySettings of(GatewaySettings.Mode mode, GatewaySettings.Staff staff) {
        URI anywhere = URI.create("http://127.0.0.1:1");
        Duration second = Duration.ofSeconds(1);
        return new GatewaySettings(
                mode,
                TestGateway.PUBLIC_URL,
                new GatewaySettings.Upstream(anywhere, anywhere, anywhere),
                new GatewaySettings.Budgets(second, second, second, second, second, second, second, second),
                staff,
                "https://checkout.stripe.com");
    }

    public static GatewaySettings of(GatewaySettings.Mode mode) {
        return of(mode, new GatewaySettings.Staff("key", "", "", "", new GatewaySettings.Passwords("", "", "")));
    }
}
