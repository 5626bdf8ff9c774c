package org.openingminute.gateway.problem;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.ui.Assets;

/** Creates the gateway's pages without Spring. */
public final class TestPages {

    /** The business time of the rehearsal. */
    static final Instant NOW = Instant.parse("2026-02-02T17:18:00Z");

    private TestPages() {}

    public static Pages of(GatewaySettings.Mode mode) {
        GatewaySettings settings = TestSettings.of(mode);
        RehearsalClock clock = new RehearsalClock(settings, Clock.fixed(NOW, ZoneOffset.UTC));
        clock.set(NOW);
        return new Pages(settings, clock, new Assets());
    }

    /** Pages of a rehearsal whose business time is still unknown. */
    static Pages ofNoTime() {
        GatewaySettings settings = TestSettings.of(GatewaySettings.Mode.REHEARSAL);
        return new Pages(settings, new RehearsalClock(settings, Clock.fixed(NOW, ZoneOffset.UTC)), new Assets());
    }
}
