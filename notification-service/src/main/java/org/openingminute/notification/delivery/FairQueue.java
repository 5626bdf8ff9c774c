package org.openingminute.notification.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.subscription.SubscriptionMail;

/**
 * Whose turn it is: each kind of mail has a lane, and so have the copies that people asked for. A lane that was served is the
 * last next time, so that a single mail passes by ten thousand of another kind. Safe for all threads.
 */
final class FairQueue {

    /** The lane of copies, whatever their kind. */
    static final String COPIES = "";

    private final List<String> lanes = new ArrayList<>();

    FairQueue() {
        lanes.add(COPIES);
        lanes.addAll(Arrays.asList(MailKind.codes()));
        lanes.addAll(Arrays.asList(SubscriptionMail.codes()));
    }

    /** All of them, the next to be served first. */
    synchronized String[] inTurn() {
        return lanes.toArray(String[]::new);
    }

    /** Notes that a lane was served. */
    synchronized void served(String lane) {
        Collections.rotate(lanes, -(lanes.indexOf(lane) + 1));
    }
}
