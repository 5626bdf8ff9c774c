package org.openingminute.kit.web;

import java.util.regex.Pattern;

/** What people typed, on one line, so that it can begin no header, no field and no sentence of its own. */
public final class SingleLine {

    /** White space of any kind, control characters, and marks that turn the direction of what follows them. */
    private static final Pattern BREAKS = Pattern.compile("[\\s\\p{Z}\\p{Cc}\\u202a-\\u202e\\u2066-\\u2069\\ufeff]+");

    private SingleLine() {}

    /** The text with a space for every run of such characters, and none at either end. */
    public static String of(String typed) {
        return BREAKS.matcher(typed).replaceAll(" ").strip();
    }
}
