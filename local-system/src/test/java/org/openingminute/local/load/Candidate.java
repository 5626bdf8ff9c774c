package org.openingminute.local.load;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A way to make registrations. Calls block until the response; used by many threads in parallel. */
public interface Candidate {

    String name();

    Answered ask(Sale sale, long number);

    /** Prepares a measurement; connections of the previous one are closed by then. */
    default void begin() {}

    /** The kind of a result. */
    enum Kind {
        /** Done: 201, or 200 for a call that makes nothing. */
        DONE,
        /** Refused for the moment: 503. */
        REFUSED,
        /** Refused finally, for example because it is sold out. */
        SAID_NO,
        /** No response, or an unexpected one. */
        FAILED
    }

    /**
     * A result.
     *
     * @param id the id of the registration, if one was made
     */
    record Answered(Kind kind, @Nullable UUID id) {

        public static final Answered REFUSED = new Answered(Kind.REFUSED, null);
        public static final Answered SAID_NO = new Answered(Kind.SAID_NO, null);
        public static final Answered NOTHING_TO_DO = new Answered(Kind.DONE, null);

        private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

        public static Answered done(UUID id) {
            return new Answered(Kind.DONE, id);
        }

        /** Prints each reason once. */
        public static Answered failed(String why) {
            if (TOLD.add(why)) {
                System.err.println("no certain answer: " + why);
            }
            return new Answered(Kind.FAILED, null);
        }
    }
}
