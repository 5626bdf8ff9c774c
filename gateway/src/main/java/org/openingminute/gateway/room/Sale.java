package org.openingminute.gateway.room;

import java.util.OptionalDouble;

/**
 * What registration-service says of a sale.
 *
 * @param seatsLeft seats that can still be registered
 * @param seatsPerRegistration their mean, at least 1
 * @param perSecond registrations a second that the organiser wants; empty for as many as can be
 */
public record Sale(State state, double seatsLeft, double seatsPerRegistration, OptionalDouble perSecond) {

    public enum State {
        OPEN,
        /** Paused, or not open yet: every place is kept, and nobody is called. */
        HALTED,
        /** Closed. One with no seat left is open: held seats may come back. */
        OVER
    }

    /** Whether the sale goes on without a seat; of one that is halted nobody can say so. */
    boolean isSoldOut() {
        return state == State.OPEN && seatsLeft <= 0;
    }

    /** The same sale while nobody can say how it is. */
    Sale halted() {
        return state == State.OPEN ? new Sale(State.HALTED, seatsLeft, seatsPerRegistration, perSecond) : this;
    }
}
