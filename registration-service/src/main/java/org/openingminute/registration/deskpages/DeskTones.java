package org.openingminute.registration.deskpages;

import org.openingminute.registration.lifecycle.Status;
import org.openingminute.ui.part.Tone;

/** Maps states to the colours in which staff see them. */
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
