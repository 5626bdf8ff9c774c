package org.openingminute.kit.problem;

import java.io.Serial;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An exception as it may be logged: the types and stack frames of the exception and its causes, without their messages. A message may quote
 * input, such as a token, an address or a card number.
 */
public final class RedactedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private RedactedException(Throwable thrown, @Nullable RedactedException cause) {
        super(nameOf(thrown), cause, false, true);
        setStackTrace(thrown.getStackTrace());
    }

    /** Copies an exception without its messages. */
    public static RedactedException of(Throwable thrown) {
        return of(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static RedactedException of(Throwable thrown, Set<Throwable> above) {
        above.add(thrown);
        @Nullable Throwable cause = thrown.getCause();
        return new RedactedException(thrown, cause == null || above.contains(cause) ? null : of(cause, above));
    }

    private static String nameOf(Throwable thrown) {
        String name = thrown.getClass().getName();
        return thrown instanceof SQLException refused ? name + " " + refused.getSQLState() : name;
    }

    /** The types of an exception and its causes, on one line. */
    public static String types(Throwable thrown) {
        StringBuilder types = new StringBuilder();
        for (Throwable fault = of(thrown); fault != null; fault = fault.getCause()) {
            types.append(types.isEmpty() ? "" : ", caused by ").append(fault.getMessage());
        }
        return types.toString();
    }
}
