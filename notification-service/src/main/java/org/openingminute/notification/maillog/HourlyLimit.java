package org.openingminute.notification.maillog;

import java.util.UUID;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.stereotype.Component;

/** Limits how many copies of mails a registration's mailbox gets per hour. */
@Component
class HourlyLimit {

    private final MailLogRepository mails;
    private final int copies;
    private final int organisers;

    HourlyLimit(MailLogRepository mails, NotificationServiceSettings settings) {
        this.mails = mails;
        this.copies = settings.pace().requestsPerHour();
        this.organisers = settings.pace().resendsPerHour();
    }

    /**
     * Checks whether a registrant may order one more copy. The caller must hold the registration's lock.
     *
     * @throws Problem {@code rate-limited}
     */
    void check(UUID registration) {
        check(copies, registration);
    }

    /**
     * Checks whether an organiser, whose limit is higher, may order one more copy. The caller must hold the registration's lock.
     *
     * @throws Problem {@code rate-limited}
     */
    void checkForOrganiser(UUID registration) {
        check(organisers, registration);
    }

    private void check(int most, UUID registration) {
        mails.waitForLessThan(most, registration).ifPresent(wait -> {
            throw new Problem(CommonProblem.RATE_LIMITED, "Only " + most + " copies are sent in an hour.")
                    .retryAfter(wait);
        });
    }
}
