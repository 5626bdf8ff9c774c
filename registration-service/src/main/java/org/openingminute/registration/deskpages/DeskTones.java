package org.openingminute.registration.deskpages;

import org.openingminute.registration.lifecycle.Status;
import org.openingminute.ui.part.Tone;

/** How states are shown to staff. */
final class DeskTones {

    private DeskTones() {}

    static Tone of(Status status) {
        return switch (status) {
            case CONFIRMED -> Tone.GOOD;
            case PENDING_REVIEW, PENDING_PAYMENT -> Tone.WAIT;
            case REJECTED, EXPIRED, CANCELLED -> Tone.BAD;
        };
    }
}
