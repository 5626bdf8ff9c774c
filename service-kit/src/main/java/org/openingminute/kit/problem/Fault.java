package org.openingminute.kit.problem;

import java.io.Serial;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An exception as a log may have it: the types and stack frames of it and of its causes, and none of their messages. A message
 * quotes what somebody sent, and that may be a token, an address or a card number.
 */
public final class Fault extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private Fault(Throwable thrown, @Nullable Fault cause) {
        super(nameOf(thrown), cause, false, true);
        setStackTrace(thrown.getStackTrace());
    }

    /** The exception without its messages. */
    public static Fault of(Throwable thrown) {
        return of(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static Fault of(Throwable thrown, Set<Throwable> above) {
        above.add(thrown);
        @Nullable Throwable cause = thrown.getCause();
        return new Fault(thrown, cause == null || above.contains(cause) ? null : of(cause, above));
    }

    private static String nameOf(Throwable thrown) {
        String name = thrown.getClass().getName();
        return thrown instanceof SQLException refused ? name + " " + refused.getSQLState() : name;
    }

    /** The types of an exception and of its causes, in one line. */
    public static String types(Throwable thrown) {
        StringBuilder types = new StringBuilder();
        for (Throwable fault = of(thrown); fault != null; fault = fault.getCause()) {
            types.append(types.isEmpty() ? "" : ", caused by ").append(fault.getMessage());
        }
        return types.toString();
    }
}
