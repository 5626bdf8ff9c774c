package org.openingminute.notification.documents;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.documents.DocumentAccess.Opened;
import org.openingminute.notification.projection.Conference;
import org.springframework.context.MessageSource;

/**
 * An attendee's calendar entry for the conference, in whole days. Its UID never changes, and its sequence grows with each change of the
 * registration or of the conference's definition, so that calendars replace an older entry. The entry of a cancelled registration removes
 * it.
 */
final class CalendarEntry {

    private final MessageSource messages;
    private final String publicUrl;
    private final String organiser;

    /** @param organiser the address for replies */
    CalendarEntry(MessageSource messages, String publicUrl, String organiser) {
        this.messages = messages;
        this.publicUrl = publicUrl;
        this.organiser = organiser;
    }

    /** The method of a calendar file: it adds an entry, or cancels it. */
    enum CalendarMethod {
        PUBLISH,
        CANCEL;

        /** The content type of the file. */
        String mediaType() {
            return "text/calendar;charset=utf-8;method=" + name().toLowerCase(Locale.ROOT);
        }
    }

    /** A file and its method. */
    record Written(CalendarMethod method, CalendarFile file) {

        byte[] bytes() {
            return file.bytes();
        }
    }

    /**
     * Writes the entry.
     *
     * @param now machine time
     * @throws Problem {@code not-allowed-now} if the registration is neither confirmed nor cancelled
     */
    Written write(Opened opened, Instant now) {
        CalendarMethod method = method(opened.order());
        DocumentConference details = opened.details();
        Conference conference = details.conference();
        DocumentSubject order = opened.order();
        DocumentSubject.TicketHolder attendee = opened.attendee();
        DocumentTexts texts = DocumentTexts.in(order.contact().locale(), messages);
        CalendarFile file = new CalendarFile()
                .value("BEGIN", "VCALENDAR")
                .value("VERSION", "2.0")
                .value("PRODID", "-//Opening Minute//Registration//EN")
                .value("CALSCALE", "GREGORIAN")
                .value("METHOD", method.name())
                .value("BEGIN", "VEVENT")
                .value("UID", attendee.id() + "@" + order.conference())
                .value("SEQUENCE", Long.toString(order.revision() + details.revision()))
                .moment("DTSTAMP", now)
                .day("DTSTART", conference.startsOn())
                .day("DTEND", conference.endsOn().plusDays(1))
                .value("STATUS", method == CalendarMethod.CANCEL ? "CANCELLED" : "CONFIRMED")
                .text("SUMMARY", SingleLine.of(conference.name()))
                .text(
                        "DESCRIPTION",
                        texts.text(
                                "calendar.description",
                                SingleLine.of(details.fullName()),
                                attendee.name(),
                                SingleLine.of(details.names().category(attendee.category())),
                                order.reference()))
                .value("URL", publicUrl + "/registrations/" + order.id())
                .address("ORGANIZER", conference.name(), organiser);
        String place = texts.place(conference);
        if (!place.isEmpty()) {
            file.text("LOCATION", place);
        }
        return new Written(method, file.value("END", "VEVENT").value("END", "VCALENDAR"));
    }

    private static CalendarMethod method(DocumentSubject order) {
        return switch (order.status()) {
            case CONFIRMED -> CalendarMethod.PUBLISH;
            case CANCELLED -> CalendarMethod.CANCEL;
            case PENDING_REVIEW, PENDING_PAYMENT, REJECTED, EXPIRED, UNKNOWN ->
                throw new Problem(
                        CommonProblem.NOT_ALLOWED_NOW,
                        "The calendar entry is available once the registration is confirmed.");
        };
    }

    /**
     * Writes iCalendar (RFC 5545) line by line: escapes values and folds lines at 75 octets, never inside a character. Used by one thread.
     */
    static final class CalendarFile {

        private static final int LINE_OCTETS = 75;
        private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
        private static final DateTimeFormatter MOMENT =
                DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

        private final StringBuilder lines = new StringBuilder();

        /** Writes a value that is not free text: a word, a number, an address. */
        CalendarFile value(String property, String value) {
            fold(property + ":" + SingleLine.of(value));
            return this;
        }

        /** Writes a value that is free text. */
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

        /** Writes a person or office with a name; characters that a name must not contain are removed (section 3.2). */
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
}
