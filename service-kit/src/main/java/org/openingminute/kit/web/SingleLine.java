package org.openingminute.kit.web;

import java.util.regex.Pattern;

/** User input on one line, so that it can begin no header, no field and no sentence of its own. */
public final class SingleLine {

    /**
     * White space, separators of lines, control characters, and marks that turn the direction of what follows them. Spaces that do
     * not break stay: amounts have them.
     */
    private static final Pattern BREAKS =
            Pattern.compile("[\\s\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff]+");

    private SingleLine() {}

    /** The text with a space for every run of such characters, and none at either end. */
    public static String of(String typed) {
        return BREAKS.matcher(typed).replaceAll(" ").strip();
    }
}
