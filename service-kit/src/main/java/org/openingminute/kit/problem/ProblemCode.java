package org.openingminute.kit.problem;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * A stable code of the HTTP contract. {@link CommonProblem} has the shared codes; each service adds those of its domain in an enum of its
 * own. Implementations are immutable.
 */
public interface ProblemCode {

    /** The code as clients read it: lower case with hyphens. */
    default String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of the enum constant. */
    String name();

    /** The HTTP status of the code. */
    HttpStatus status();

    /** The short title, the same for every problem with this code (RFC 9457, {@code title}). */
    String title();
}
