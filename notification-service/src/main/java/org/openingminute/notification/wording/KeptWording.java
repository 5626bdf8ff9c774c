package org.openingminute.notification.wording;

import java.time.Instant;
import org.openingminute.notification.composition.OwnWording;

/**
 * An organiser's wording as it is now.
 *
 * @param revision grows with each change, also after a time with our wording
 */
record KeptWording(OwnWording wording, long revision, Instant changedAt, String changedBy) {}
