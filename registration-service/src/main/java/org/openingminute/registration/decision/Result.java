package org.openingminute.registration.decision;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;

/** A batch's decision about one of its commands. */
public sealed interface Result {

    /**
     * The command was executed, now or by an earlier request with the same key.
     *
     * @param body the first reply as JSON, without a token
     */
    record Done(How how, String body, @Nullable UUID registration) implements Result {}

    /** The kind of a result. */
    enum How {
        /** The command created something. */
        CREATED,
        CHANGED,
        /** The command was accepted; another service carries it out. */
        ACCEPTED
    }

    /** The command was refused; nothing was changed, and the key is unused. */
    record Refused(Problem problem) implements Result {

        Refused(ProblemCode code, String detail) {
            this(new Problem(code, detail));
        }
    }

    /** The command was applied; it has no reply. */
    record Noted() implements Result {}
}
