package org.openingminute.registration.acts;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.Money;

/**
 * Predicts the kinds of mails that a change of a registration triggers, named as in notification-service. Notification-service alone
 * decides which mails it sends; an end-to-end test compares the two. Pure.
 */
final class ForeseenMails {

    /** The kind of the mail with a new link to the registration. */
    static final String LINK = "link";

    private ForeseenMails() {}

    /** Returns the mails of a new registration. */
    static List<String> ofNew(Registration made) {
        return List.of(ofStatus(made));
    }

    /**
     * Returns the mails of a change.
     *
     * @param refund what the change refunds; {@code null} for nothing
     */
    static List<String> of(Registration before, Registration after, @Nullable Money refund) {
        List<String> kinds = new ArrayList<>();
        if (after.status() != before.status()) {
            kinds.add(ofStatus(after));
        }
        if (refund != null) {
            kinds.add("refund-made");
        }
        if (after.contactLinks().generation() > before.contactLinks().generation()) {
            kinds.add(LINK);
        }
        if (!after.contactLinks().formerContacts().equals(before.contactLinks().formerContacts())) {
            kinds.add(TimelineNote.MAIL_TO_FORMER_CONTACT);
        }
        return kinds;
    }

    private static String ofStatus(Registration after) {
        return switch (after.status()) {
            case PENDING_REVIEW -> "proof-wanted";
            case PENDING_PAYMENT -> isProved(after) ? "proof-accepted" : "pay-now";
            case CONFIRMED -> "confirmation";
            case REJECTED -> "proof-refused";
            case EXPIRED -> "expired";
            case CANCELLED -> "cancelled";
        };
    }

    private static boolean isProved(Registration registration) {
        return registration.attendees().stream().anyMatch(one -> one.proof() == Attendee.Proof.accepted);
    }
}
