package org.openingminute.gateway.room;

import java.util.OptionalDouble;

/**
 * The state of a sale, as registration-service reports it. Immutable.
 *
 * @param seatsLeft the seats that can still be registered
 * @param seatsPerRegistration the mean number of seats of a registration, at least 1
 * @param perSecond the registrations a second that the organiser wants; empty for as many as possible
 */
public record Sale(State state, double seatsLeft, double seatsPerRegistration, OptionalDouble perSecond) {

    public enum State {
        OPEN,
        /** Paused, or not open yet: places are kept, and nobody is called. */
        HALTED,
        /** Closed. A sale without seats still counts as open, because held seats may become free. */
        OVER
    }

    /** Whether the sale is open and has no seat left. For a halted sale this is not known. */
    boolean isSoldOut() {
        return state == State.OPEN && seatsLeft <= 0;
    }

    /** The same sale while its state cannot be determined. */
    Sale halted() {
        return state == State.OPEN ? new Sale(State.HALTED, seatsLeft, seatsPerRegistration, perSecond) : this;
    }
}
