package org.openingminute.local.load;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A way to get registrations made. Blocks until the answer; used by many threads at once. */
public interface Candidate {

    String name();

    Answered ask(Sale sale, long number);

    /** Before a measurement; connections of the last one are gone by then. */
    default void begin() {}

    /** What became of a request. */
    enum Kind {
        /** Made: 201, or 200 of a call that makes nothing. */
        DONE,
        /** Told to come again: 503. */
        REFUSED,
        /** A definite no, such as sold out. */
        SAID_NO,
        /** No answer, or one that nobody expects. */
        FAILED
    }

    /**
     * An answer.
     *
     * @param id of the registration, where one was made
     */
    record Answered(Kind kind, @Nullable UUID id) {

        public static final Answered REFUSED = new Answered(Kind.REFUSED, null);
        public static final Answered SAID_NO = new Answered(Kind.SAID_NO, null);
        public static final Answered NOTHING_TO_DO = new Answered(Kind.DONE, null);

        private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

        public static Answered done(UUID id) {
            return new Answered(Kind.DONE, id);
        }

        /** Tells people why, once for each reason. */
        public static Answered failed(String why) {
            if (TOLD.add(why)) {
                System.err.println("no certain answer: " + why);
            }
            return new Answered(Kind.FAILED, null);
        }
    }
}
