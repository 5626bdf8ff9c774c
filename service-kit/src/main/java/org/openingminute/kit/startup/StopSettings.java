package org.openingminute.kit.startup;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a service stops.
 *
 * @param drainFor how long it goes on answering after it was told to stop and has said that it is not ready any more, so that
 *     whoever sends it requests can turn to another instance; in Compose those behind the gateway have 3s
 */
@ConfigurationProperties(prefix = "messaging.stop", ignoreUnknownFields = false)
record StopSettings(@DefaultValue("0s") Duration drainFor) {

    StopSettings {
        if (drainFor.isNegative()) {
            throw new IllegalArgumentException("DRAIN_FOR is not negative");
        }
    }
}
