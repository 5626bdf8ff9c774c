package org.openingminute.kit.startup;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the checks before a service starts.
 *
 * @param variablesOfOthers variables that look like a key of this service but belong to another one, separated by commas;
 *     needed where all services share one environment
 */
@ConfigurationProperties(prefix = "messaging.start", ignoreUnknownFields = false)
record StartSettings(@DefaultValue Set<String> variablesOfOthers) {}
