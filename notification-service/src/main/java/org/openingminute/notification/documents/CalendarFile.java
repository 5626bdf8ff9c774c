package org.openingminute.notification.documents;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.openingminute.kit.web.SingleLine;

/**
 * Writes iCalendar (RFC 5545) line by line: values escaped, lines folded at 75 octets and never inside a character. For one
 * thread.
 */
final class CalendarFile {

    private static final int LINE_OCTETS = 75;
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final StringBuilder lines = new StringBuilder();

    /** A value that is no free text: a word, a number, an address. */
    CalendarFile value(String property, String value) {
        fold(property + ":" + SingleLine.of(value));
        return this;
    }

    /** What people read. */
    CalendarFile text(String property, String text) {
        fold(property + ":" + escaped(text));
        return this;
    }

    CalendarFile day(String property, LocalDate day) {
        return value(property + ";VALUE=DATE", DAY.format(day));
    }

    CalendarFile moment(String property, Instant moment) {
        return value(property, MOMENT.format(moment));
    }

    /** A person or office with a name; what a name may not have there is left out (section 3.2). */
    CalendarFile address(String property, String name, String email) {
        return value(property + ";CN=\"" + SingleLine.of(name).replace("\"", "") + "\"", "mailto:" + email);
    }

    private static String escaped(String text) {
        String plain = text.replace("\r\n", "\n").replace('\r', '\n');
        StringBuilder escaped = new StringBuilder();
        plain.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> escaped.append("\\\\");
                case ';' -> escaped.append("\\;");
                case ',' -> escaped.append("\\,");
                case '\n', 0x85, 0x2028, 0x2029 -> escaped.append("\\n");
                default -> {
                    if (Character.getType(c) != Character.CONTROL) {
                        escaped.appendCodePoint(c);
                    }
                }
            }
        });
        return escaped.toString();
    }

    private void fold(String line) {
        int octets = 0;
        for (int c : line.codePoints().toArray()) {
            String one = Character.toString(c);
            int more = one.getBytes(StandardCharsets.UTF_8).length;
            if (octets + more > LINE_OCTETS) {
                lines.append("\r\n ");
                octets = 1;
            }
            lines.append(one);
            octets += more;
        }
        lines.append("\r\n");
    }

    byte[] bytes() {
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
}
