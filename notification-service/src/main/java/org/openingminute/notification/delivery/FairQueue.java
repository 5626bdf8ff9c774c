package org.openingminute.notification.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.openingminute.notification.due.MailKind;
import org.openingminute.notification.subscription.SubscriptionMail;

/**
 * The order in which kinds of mail are served. Each kind has a lane, and so do resends. A lane that was served moves to the end, so that a
 * single mail overtakes ten thousand of another kind.
 */
final class FairQueue {

    /** The lane of resends, whatever their kind. */
    static final String COPIES = "";

    private final List<String> lanes = new ArrayList<>();

    FairQueue() {
        lanes.add(COPIES);
        lanes.addAll(kinds());
    }

    /** Returns all kinds of mail; each has a lane. */
    static List<String> kinds() {
        return Stream.of(MailKind.codes(), SubscriptionMail.codes())
                .flatMap(Arrays::stream)
                .toList();
    }

    /** Returns all lanes, the next to be served first. */
    synchronized String[] inOrder() {
        return lanes.toArray(String[]::new);
    }

    /** Moves a lane that was served to the end. */
    synchronized void served(String lane) {
        Collections.rotate(lanes, -(lanes.indexOf(lane) + 1));
    }
}
