package org.openingminute.kit.problem;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * A stable code of the HTTP contract. {@link CommonProblem} has those that every service answers with; a service adds those of its
 * domain as an enum of its own. Implementations are immutable.
 */
public interface ProblemCode {

    /** The code as clients read it: lower case, with dashes. */
    default String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of the constant: a service's codes are an enum. */
    String name();

    /** The HTTP status that the contract gives it. */
    HttpStatus status();

    /** The title in a few words, the same for every problem with this code (RFC 9457, {@code title}). */
    String title();
}
