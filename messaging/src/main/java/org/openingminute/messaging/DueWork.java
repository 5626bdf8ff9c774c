package org.openingminute.messaging;

import org.openingminute.kit.runtime.PollingJob;

/**
 * Work on rows that becomes due at an instant stored in the rows. A {@link PollingJob} bean that implements this sleeps until it is woken,
 * either by the code that has committed new work or by the {@link JobAlarm} when the earliest work is due.
 */
public interface DueWork {

    /**
     * A scalar query, served by an index, for the instant at which the earliest work is due; {@code null} if there is none. The instant is
     * compared with this machine's clock. The query may use the parameter {@code now}, this machine's time.
     */
    String dueAt();

    /** Wakes the job. The {@link JobAlarm} calls this on its own thread, repeatedly while work is due. */
    void wake();
}
