package org.openingminute.kit.web;

import java.util.regex.Pattern;

/** Puts user input on a single line, so that it cannot begin a header, a field or a sentence of its own. */
public final class SingleLine {

    /**
     * White space, line separators, control characters, and marks that reverse the text direction. Non-breaking spaces are kept, because
     * amounts contain them.
     */
    private static final Pattern BREAKS =
            Pattern.compile("[\\s\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff]+");

    private SingleLine() {}

    /** Replaces each run of such characters by one space, and removes them at both ends. */
    public static String of(String typed) {
        return BREAKS.matcher(typed).replaceAll(" ").strip();
    }
}
