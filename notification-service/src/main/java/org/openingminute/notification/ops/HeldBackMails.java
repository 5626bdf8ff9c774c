package org.openingminute.notification.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Counts the mails that the limits of a mailbox hold back. Thread-safe. */
@Component
public class HeldBackMails {

    private final Map<Reason, Counter> counters = new EnumMap<>(Reason.class);

    public HeldBackMails(MeterRegistry meters) {
        for (Reason reason : Reason.values()) {
            counters.put(
                    reason,
                    meters.counter("mails.held.back", "reason", reason.name().toLowerCase(Locale.ROOT)));
        }
    }

    /** Why a mail is held back. */
    public enum Reason {
        /** It is about an unpaid registration. */
        UNPAID,
        /** It was requested by the address of the mailbox. */
        REQUESTED
    }

    public void count(Reason reason, int mails) {
        Objects.requireNonNull(counters.get(reason)).increment(mails);
    }

    /** Counts mails once the current transaction has committed; not at all if it rolls back. */
    public void countAfterCommit(Reason reason, int mails) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                count(reason, mails);
            }
        });
    }
}
