package org.openingminute.notification.composing;

import java.util.regex.Pattern;

/** Makes a line of what people typed: what begins a new line, or turns the reading direction around, becomes a space. */
final class OneLine {

    private static final Pattern NOT_IN_A_LINE =
            Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069\\s]+");

    private OneLine() {}

    static String of(String typed) {
        return NOT_IN_A_LINE.matcher(typed).replaceAll(" ").strip();
    }
}
