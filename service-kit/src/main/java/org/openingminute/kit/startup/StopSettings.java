package org.openingminute.kit.startup;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of a service's stop.
 *
 * @param drainFor how long it goes on answering after it was told to stop and reports that it is not ready, so that its
 *     callers can turn to another instance; in Compose it is 10s at the gateway and 3s at the services behind it
 */
@ConfigurationProperties(prefix = "messaging.stop", ignoreUnknownFields = false)
record StopSettings(@DefaultValue("0s") Duration drainFor) {

    StopSettings {
        if (drainFor.isNegative()) {
            throw new IllegalArgumentException("DRAIN_FOR must not be negative");
        }
    }
}
