package org.openingminute.kit.startup;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is looked at before a service starts.
 *
 * @param variablesOfOthers variables that look like a key of this service and belong to another one, separated by commas: they
 *     may be there where all services share one environment
 */
@ConfigurationProperties(prefix = "messaging.start", ignoreUnknownFields = false)
record StartSettings(@DefaultValue Set<String> variablesOfOthers) {}
