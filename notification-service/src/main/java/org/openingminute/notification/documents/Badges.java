package org.openingminute.notification.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.documents.DocumentRepository.Confirmed;
import org.openingminute.notification.documents.DocumentSubject.TicketHolder;
import org.springframework.stereotype.Component;

/** Selects the badges of a conference: attendees with valid tickets, in the order of their registrations. */
@Component
class Badges {

    /** The most badges in one file. */
    static final int MOST = 500;

    /** Registrations read at once: enough for a file if each has one badge, plus the one with which the next file begins. */
    private static final int READ_AT_ONCE = MOST + 1;

    private static final UUID FIRST = new UUID(0, 0);

    private final DocumentRepository repository;

    Badges(DocumentRepository repository) {
        this.repository = repository;
    }

    /**
     * The content of a badge.
     *
     * @param affiliation empty for none
     */
    record Badge(String name, String affiliation, String category) {

        private static final int SHORT = 18;
        private static final int MEDIUM = 36;

        /** The widest affiliation that fits in the usual style and in the dense one, in small letters. */
        private static final int USUAL_AFFILIATION = 75;

        private static final int WIDEST_AFFILIATION = 150;

        /** Returns the style in which the name fits. */
        public String size() {
            int length = name.codePointCount(0, name.length());
            return length <= SHORT ? "short" : length <= MEDIUM ? "medium" : "long";
        }

        /** Returns the style in which the affiliation fits. */
        public String affiliationSize() {
            return fitting(affiliation, USUAL_AFFILIATION).equals(affiliation) ? "usual" : "dense";
        }

        /** Returns the affiliation as far as the badge has room for it; a shortened one ends with an ellipsis. */
        public String shownAffiliation() {
            String fitting = fitting(affiliation, WIDEST_AFFILIATION);
            return fitting.equals(affiliation) ? affiliation : fitting.strip() + "…";
        }

        /** Returns the beginning of a text, at most as wide as a number of small letters. Capitals and ideographs are wider. */
        private static String fitting(String text, int widest) {
            double width = 0;
            int end = 0;
            while (end < text.length()) {
                int letter = text.codePointAt(end);
                width += Character.isIdeographic(letter) ? 2 : Character.isUpperCase(letter) ? 1.4 : 1;
                if (width > widest) {
                    break;
                }
                end += Character.charCount(letter);
            }
            return text.substring(0, end);
        }

        static Badge of(TicketHolder attendee, DocumentConference details) {
            String affiliation = attendee.affiliation();
            return new Badge(
                    attendee.shownName(),
                    affiliation == null ? "" : SingleLine.of(affiliation),
                    details.names().category(attendee.category()));
        }
    }

    /**
     * A position among the attendees.
     *
     * @param attendees how many attendees of that registration are before it
     */
    record Place(UUID registration, int attendees) {

        private static final Pattern FORM =
                Pattern.compile("(?<registration>[0-9a-f-]{36})\\.(?<attendees>[0-9]{1,3})");

        /**
         * Parses the form that {@link #toString} writes.
         *
         * @throws Problem {@code invalid}
         */
        static Place read(@Nullable String text) {
            if (text == null || text.isEmpty()) {
                return new Place(FIRST, 0);
            }
            Matcher form = FORM.matcher(text);
            return Optional.of(form)
                    .filter(Matcher::matches)
                    .flatMap(known -> Ids.read(known.group("registration")))
                    .map(registration -> new Place(registration, Integer.parseInt(form.group("attendees"))))
                    .orElseThrow(
                            () -> Problem.invalid("after", "not-an-id", "must be taken from a link to the next part"));
        }

        @Override
        public String toString() {
            return registration + "." + attendees;
        }
    }

    /**
     * The badges of a file.
     *
     * @param next where the next file begins; {@code null} after the last file
     */
    record Part(List<Badge> badges, @Nullable Place next) {}

    /**
     * Returns the badges from a position on.
     *
     * @param category {@code null} for all
     * @param most the most badges
     */
    Part part(DocumentConference details, @Nullable String category, Place from, int most) {
        String conference = details.conference().slug();
        List<Badge> badges = new ArrayList<>();
        Place place = from;
        while (true) {
            List<Confirmed> found = repository.confirmed(conference, category, place.registration(), READ_AT_ONCE);
            for (Confirmed one : found) {
                List<TicketHolder> holders = one.order().attendees().stream()
                        .filter(attendee -> attendee.ticket() != null)
                        .filter(attendee ->
                                category == null || attendee.category().equals(category))
                        .toList();
                int before = one.id().equals(place.registration()) ? place.attendees() : 0;
                for (int i = before; i < holders.size(); i++) {
                    if (badges.size() == most) {
                        return new Part(badges, new Place(one.id(), i));
                    }
                    badges.add(Badge.of(holders.get(i), details));
                }
            }
            if (found.size() < READ_AT_ONCE) {
                return new Part(badges, null);
            }
            // Continues after this registration, however many attendees it has.
            place = new Place(found.getLast().id(), Integer.MAX_VALUE);
        }
    }
}
