package org.openingminute.notification.due;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** Wakes this process's dispatcher when there are new mails. */
@Component
public class MailSignal {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Registers a listener. It runs on the thread that saved the mails and must return at once. */
    public void onRaise(Runnable listener) {
        listeners.add(listener);
    }

    /** Signals that mails may be waiting. Must be called after the commit that saved them. */
    public void raise() {
        listeners.forEach(Runnable::run);
    }
}
