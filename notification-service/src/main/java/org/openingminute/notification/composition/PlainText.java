package org.openingminute.notification.composition;

import java.util.regex.Pattern;

/** Validates organisers' texts: they must not contain control characters, or characters that change the reading direction. */
public final class PlainText {

    private static final Pattern NOT_IN_A_LINE =
            Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]");
    private static final Pattern NOT_IN_A_TEXT =
            Pattern.compile("[\\p{Cc}\\u202A-\\u202E\\u2066-\\u2069&&[^\\n\\r\\t]]");

    private PlainText() {}

    /** Whether the text is a valid single line. */
    public static boolean isLine(String text) {
        return !NOT_IN_A_LINE.matcher(text).find();
    }

    /** Whether the text is valid; it may have several lines and contain tabs. */
    public static boolean isText(String text) {
        return !NOT_IN_A_TEXT.matcher(text).find();
    }
}
