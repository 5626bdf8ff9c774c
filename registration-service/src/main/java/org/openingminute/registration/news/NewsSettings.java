package org.openingminute.registration.news;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When something is news.
 *
 * @param deadlineNearBefore how long before the end of a phase its end is told as near; half of the phase, if that is shorter
 */
@ConfigurationProperties(prefix = "news", ignoreUnknownFields = false)
record NewsSettings(@DefaultValue("72h") Duration deadlineNearBefore) {

    NewsSettings {
        if (!deadlineNearBefore.isPositive()) {
            throw new IllegalArgumentException("DEADLINE_NEAR_BEFORE is above zero");
        }
    }
}
