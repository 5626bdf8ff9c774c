package org.openingminute.registration.acts;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.TimelineNote;
import org.openingminute.registration.sale.Money;

/**
 * The mails that a change of a registration makes due, by notification-service's names of their kinds. That service alone decides which
 * it sends; an end-to-end test holds these against it. Pure.
 */
final class ForeseenMails {

    /** That of a new link to the registration. */
    static final String LINK = "link";

    private ForeseenMails() {}

    /** @param refund what goes back by the change; {@code null} for nothing */
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
