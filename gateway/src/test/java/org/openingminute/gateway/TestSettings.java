package org.openingminute.gateway;

import java.net.URI;
import java.time.Duration;

/** Settings for tests that start no gateway. */
public final class TestSettings {

    private static final GatewaySettings.Staff NO_STAFF =
            new GatewaySettings.Staff("key", "", "", "", new GatewaySettings.Passwords("", "", ""));

    private TestSettings() {}

    /** Of a rehearsal with these services. */
    public static GatewaySettings of(GatewaySettings.Upstream services) {
        return of(GatewaySettings.Mode.REHEARSAL, NO_STAFF, services);
    }

    public static GatewaySettings of(GatewaySettings.Mode mode, GatewaySettings.Staff staff) {
        URI anywhere = URI.create("http://127.0.0.1:1");
        return of(mode, staff, new GatewaySettings.Upstream(anywhere, anywhere, anywhere));
    }

    private static GatewaySettings of(
            GatewaySettings.Mode mode, GatewaySettings.Staff staff, GatewaySettings.Upstream services) {
        Duration second = Duration.ofSeconds(1);
        return new GatewaySettings(
                mode,
                TestGateway.PUBLIC_URL,
                services,
                new GatewaySettings.Budgets(second, second, second, second, second, second, second, second),
                staff,
                "https://checkout.stripe.com");
    }

    public static GatewaySettings of(GatewaySettings.Mode mode) {
        return of(mode, NO_STAFF);
    }
}
