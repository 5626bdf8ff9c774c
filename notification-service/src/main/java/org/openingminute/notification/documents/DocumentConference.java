package org.openingminute.notification.documents;

import java.util.Map;
import org.openingminute.notification.projection.Conference;

/**
 * A conference's data for documents.
 *
 * @param revision grows with each change of its definition
 * @param names of categories and add-ons, by their codes
 */
record DocumentConference(Conference conference, long revision, ConferenceNames names) {

    /** The names of categories and add-ons; the code stands for a missing name. */
    record ConferenceNames(Map<String, String> categories, Map<String, String> addOns) {

        ConferenceNames {
            categories = categories == null ? Map.of() : Map.copyOf(categories);
            addOns = addOns == null ? Map.of() : Map.copyOf(addOns);
        }

        String category(String code) {
            return categories.getOrDefault(code, code);
        }

        String addOn(String code) {
            return addOns.getOrDefault(code, code);
        }
    }

    /** Returns the conference's full name, or its short name if it has no full name. */
    String fullName() {
        return conference.fullName() == null ? conference.name() : conference.fullName();
    }
}
