package org.openingminute.notification.due;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** Wakes the dispatcher of this process when there are new mails. */
@Component
public class MailSignal {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Adds a listener; it runs on the thread that saved the mails, so it must return at once. */
    public void onRaise(Runnable listener) {
        listeners.add(listener);
    }

    /** Signals that mails may be waiting; must be called after the commit that saved them. */
    public void raise() {
        listeners.forEach(Runnable::run);
    }
}
