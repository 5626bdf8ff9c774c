package org.openingminute.messaging;

import java.time.Clock;
import org.openingminute.kit.runtime.Ids;

/**
 * Who this service is among the readers and writers, and where its time and ids come from. For the library's own packages.
 *
 * @param group the service's name, which is its consumer group
 */
public record MessagingSetting(String group, Clock clock, Ids ids) {}
