package org.openingminute.notification.smtp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.stereotype.Component;

/** Limits the connections to the mail server that an instance uses at a time, in total and per recipient domain. */
@Component
public class Connections {

    private final int perDomain;
    private final Semaphore free;
    private final Map<String, Domain> domains = new ConcurrentHashMap<>();

    Connections(NotificationServiceSettings settings) {
        this.perDomain = settings.pace().connectionsPerDomain();
        this.free = new Semaphore(settings.pace().connections());
    }

    /** What needs a connection. */
    public interface Work {
        void run() throws InterruptedException;
    }

    /** @param users how many mails hold or wait for one of its connections */
    private record Domain(Semaphore free, int users) {

        Domain users(int more) {
            return new Domain(free, users + more);
        }
    }

    /**
     * Runs work with a connection, after waiting for one. A domain's permit is always taken before the total permit, never the other way
     * round, which avoids deadlocks.
     */
    public void use(String domain, Work work) throws InterruptedException {
        Semaphore ofDomain = domains.compute(
                        domain,
                        (_, known) -> (known == null ? new Domain(new Semaphore(perDomain), 0) : known).users(1))
                .free();
        try {
            ofDomain.acquire();
            try {
                free.acquire();
                try {
                    work.run();
                } finally {
                    free.release();
                }
            } finally {
                ofDomain.release();
            }
        } finally {
            domains.computeIfPresent(domain, (_, known) -> known.users() == 1 ? null : known.users(-1));
        }
    }
}
