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
import org.openingminute.notification.documents.DocumentRepository.Scanned;
import org.openingminute.notification.documents.DocumentSubject.TicketHolder;
import org.springframework.stereotype.Component;

/** Who gets a badge: the attendees of a conference whose tickets are good, in the order of their registrations. */
@Component
class Badges {

    /** In one file. */
    static final int MOST = 500;

    private static final int LOOKED_AT = 2_000;
    private static final UUID FIRST = new UUID(0, 0);

    private final DocumentRepository repository;

    Badges(DocumentRepository repository) {
        this.repository = repository;
    }

    /**
     * What a badge says.
     *
     * @param affiliation empty for none
     */
    record Badge(String name, String affiliation, String category) {

        private static final int SHORT = 18;
        private static final int MEDIUM = 36;

        /** The style in which the name fits. */
        public String size() {
            int length = name.codePointCount(0, name.length());
            return length <= SHORT ? "short" : length <= MEDIUM ? "medium" : "long";
        }

        static Badge of(TicketHolder attendee, Occasion occasion) {
            String affiliation = attendee.affiliation();
            return new Badge(
                    attendee.shownName(),
                    affiliation == null ? "" : SingleLine.of(affiliation),
                    occasion.names().category(attendee.category()));
        }
    }

    /**
     * A place among the attendees.
     *
     * @param attendees how many of that registration's are before it
     */
    record Place(UUID registration, int attendees) {

        private static final Pattern FORM =
                Pattern.compile("(?<registration>[0-9a-f-]{36})\\.(?<attendees>[0-9]{1,3})");

        /**
         * Reads one that {@link #toString} has written.
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
                    .orElseThrow(() -> Problem.invalid("after", "not-an-id", "is not the end of a part of this list"));
        }

        @Override
        public String toString() {
            return registration + "." + attendees;
        }
    }

    /**
     * The badges of a file.
     *
     * @param next where the next file begins; {@code null} at the end
     */
    record Part(List<Badge> badges, @Nullable Place next) {}

    /**
     * Badges from a place on.
     *
     * @param category {@code null} for all
     * @param most how many
     */
    Part part(Occasion occasion, @Nullable String category, Place from, int most) {
        String conference = occasion.conference().slug();
        List<Badge> badges = new ArrayList<>();
        Place place = from;
        while (true) {
            List<Scanned> looked = repository.confirmed(conference, place.registration(), LOOKED_AT);
            for (Scanned one : looked) {
                List<TicketHolder> holders = one.order() == null
                        ? List.of()
                        : one.order().attendees().stream()
                                .filter(attendee -> attendee.ticket() != null)
                                .filter(attendee ->
                                        category == null || attendee.category().equals(category))
                                .toList();
                int before = one.id().equals(place.registration()) ? place.attendees() : 0;
                for (int i = before; i < holders.size(); i++) {
                    if (badges.size() == most) {
                        return new Part(badges, new Place(one.id(), i));
                    }
                    badges.add(Badge.of(holders.get(i), occasion));
                }
            }
            if (looked.size() < LOOKED_AT) {
                return new Part(badges, null);
            }
            // Of this one nothing is left, whatever number it has.
            place = new Place(looked.getLast().id(), Integer.MAX_VALUE);
        }
    }
}
