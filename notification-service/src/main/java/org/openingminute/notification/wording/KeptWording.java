package org.openingminute.notification.wording;

import java.time.Instant;
import org.openingminute.notification.composition.OwnWording;

/**
 * An organiser's words as they hold now.
 *
 * @param revision grows with each change, also when ours held in between
 */
record KeptWording(OwnWording wording, long revision, Instant changedAt, String changedBy) {}
