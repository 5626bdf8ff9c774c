package org.openingminute.messaging;

import java.time.Clock;
import org.openingminute.kit.runtime.Ids;

/**
 * What identifies the service as a reader and writer of messages, with its clock and its source of ids. For the library's own packages.
 *
 * @param group the service's name, which is its consumer group
 */
public record MessagingSetting(String group, Clock clock, Ids ids) {}
