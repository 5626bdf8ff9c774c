package org.openingminute.messaging;

import java.time.Clock;

/** Who this service is among the readers and writers, and where its time and ids come from. */
record MessagingSetting(String group, Clock clock, Ids ids) {}
