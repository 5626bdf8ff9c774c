package org.openingminute.notification.wording;

import java.time.Instant;
import org.openingminute.notification.composition.OwnWording;

/**
 * An organiser's wording in force.
 *
 * @param revision grows with each change, including removals of the wording
 */
record KeptWording(OwnWording wording, long revision, Instant changedAt, String changedBy) {}
