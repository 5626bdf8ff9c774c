package org.openingminute.registration.decision;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;

/** What a batch decided about one of its asks. */
public sealed interface Result {

    /**
     * Done, now or by the same request before.
     *
     * @param body the first answer as JSON, without a token
     */
    record Done(How how, String body, @Nullable UUID registration) implements Result {}

    /** What was done. */
    enum How {
        /** Something is there that was not. */
        CREATED,
        CHANGED,
        /** It has begun, and goes on elsewhere. */
        ACCEPTED
    }

    /** Refused; nothing was changed and the key is unused. */
    record Refused(Problem problem) implements Result {

        Refused(ProblemCode code, String detail) {
            this(new Problem(code, detail));
        }
    }

    /**
     * What is wanted was freed a moment ago and is for sale again soon: to be asked again. Nobody outside the batches sees
     * this one.
     *
     * @param in after that time
     * @param otherwise the answer to whoever cannot wait so long
     */
    record NotYet(Duration in, Refused otherwise) implements Result {}

    /** Taken note of; there is nothing to tell. */
    record Noted() implements Result {}
}
