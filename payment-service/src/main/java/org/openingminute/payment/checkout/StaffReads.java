package org.openingminute.payment.checkout;

import org.openingminute.kit.access.Caller;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.payment.lifecycle.Payment;
import org.openingminute.ui.RequestTime;
import org.springframework.stereotype.Component;

/** Records in the audit which payments staff have opened. */
@Component
class StaffReads {

    private final AuditLog audit;
    private final RequestTime time;

    StaffReads(AuditLog audit, RequestTime time) {
        this.audit = audit;
        this.time = time;
    }

    /**
     * Records that a member of staff has opened a part of a payment.
     *
     * @throws Problem {@code forbidden} for staff of other conferences
     */
    void note(Caller.Staff staff, String what, Payment payment) {
        Person person = staff.in(payment.conference()).person();
        audit.write(
                new Person.AuditEntry(person, what, payment.conference(), payment.registration()),
                time.fromRequest().orElseGet(() -> payment.shown(time.now())));
    }
}
