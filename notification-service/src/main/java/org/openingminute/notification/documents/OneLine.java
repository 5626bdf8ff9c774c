package org.openingminute.notification.documents;

import java.util.regex.Pattern;

/** What people typed, on one line. */
final class OneLine {

    /** White space of any kind, control characters, and marks that turn the direction of what follows them. */
    private static final Pattern BREAKS = Pattern.compile("[\\s\\p{Z}\\p{Cc}\\u202a-\\u202e\\u2066-\\u2069\\ufeff]+");

    private OneLine() {}

    static String of(String typed) {
        return BREAKS.matcher(typed).replaceAll(" ").strip();
    }
}
