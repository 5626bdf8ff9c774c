package org.openingminute.notification.desk;

import java.util.UUID;
import org.openingminute.notification.NotificationSettings;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ProblemCode;
import org.springframework.stereotype.Component;

/** Keeps a mailbox from being flooded with copies. Safe for all threads. */
@Component
class HourlyLimit {

    private final DeskRepository mails;
    private final int copies;

    HourlyLimit(DeskRepository mails, NotificationSettings settings) {
        this.mails = mails;
        this.copies = settings.pace().requestsPerHour();
    }

    /**
     * Looks whether one more copy may be ordered; under the registration's lock.
     *
     * @throws ApiProblem {@code rate-limited}
     */
    void check(UUID registration) {
        mails.waitForLessThan(copies, registration).ifPresent(wait -> {
            throw new ApiProblem(ProblemCode.RATE_LIMITED, "Only " + copies + " copies are sent in an hour.")
                    .retryAfter(wait);
        });
    }
}
