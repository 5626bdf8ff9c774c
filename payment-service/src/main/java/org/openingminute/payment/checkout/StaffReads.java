package org.openingminute.payment.checkout;

import java.time.Clock;
import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.payment.lifecycle.Payment;
import org.springframework.stereotype.Component;

/** Notes in the audit which payments staff have looked at. */
@Component
class StaffReads {

    private final AuditLog audit;
    private final Clock clock;

    StaffReads(AuditLog audit, Clock clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Notes that a member of staff has opened something of a payment.
     *
     * @throws Problem {@code forbidden} for staff of other conferences
     */
    void note(Caller.Staff staff, String what, Payment payment) {
        Person person = staff.in(payment.conference()).person();
        audit.write(
                new Person.AuditEntry(person, what, payment.conference(), payment.registration()),
                payment.shown(clock.instant()));
    }
}
