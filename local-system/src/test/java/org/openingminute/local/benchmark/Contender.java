package org.openingminute.local.benchmark;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.benchmark.Workload.Sale;

/** A way to get registrations made. Blocks until the answer; used by many threads at once. */
interface Contender {

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

        static final Answered REFUSED = new Answered(Kind.REFUSED, null);
        static final Answered SAID_NO = new Answered(Kind.SAID_NO, null);
        static final Answered FAILED = new Answered(Kind.FAILED, null);
        static final Answered NOTHING_TO_DO = new Answered(Kind.DONE, null);

        static Answered done(UUID id) {
            return new Answered(Kind.DONE, id);
        }
    }
}
