package org.openingminute.messaging;

import org.openingminute.kit.runtime.PollingJob;

/**
 * Work on rows that is due at an instant which the rows tell. A bean of a {@link PollingJob} that is such work sleeps until it is
 * woken: by whoever has committed some, or by the {@link JobAlarm} when the earliest is due.
 */
public interface DueWork {

    /**
     * A scalar query, on an index, for the instant by this machine's clock at which the earliest work is due; {@code null} if
     * there is none. It may use the parameter {@code now}, this machine's time.
     */
    String dueAt();

    /** Begins to work. Called by the {@link JobAlarm} on its own thread again and again while work is due. */
    void wake();
}
