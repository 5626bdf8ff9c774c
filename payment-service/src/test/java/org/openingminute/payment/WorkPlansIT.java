package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.testing.WorkPlans;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that statements of the service's work read tables by index only, from the query plans of a real database. */
@PaymentServiceTest
class WorkPlansIT {

    private static final Set<String> OF_ONE_ROW = Set.of("books_check", "faults");

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private DataSource work;

    @Autowired
    private List<DueWork> jobs;

    @Test
    @DisturbsOthers
    void no_statement_of_work_reads_a_whole_table() throws Exception {
        WorkPlans.forget(work);
        UUID id = service.paid();
        service.registration.keep(id);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1");
        service.registration.refund(RegistrationPlayed.newId(), id, RegistrationPlayed.newId(), 1_000);
        service.awaitPublished(id, "payment.captured.v1", "payment.receipt-issued.v1", "payment.refunded.v1");
        UUID unpaid = service.requested();
        service.checkoutUrl(unpaid);
        service.registration.close(unpaid);
        await().atMost(SOON)
                .until(() -> jdbc.sql("select state from payment_session where registration_id = ?")
                        .param(unpaid)
                        .query(String.class)
                        .single()
                        .equals("ended"));

        assertThat(scanning()).isEmpty();
        WorkPlans.pretendMillionsOfRows(work);
        assertThat(scanning()).isEmpty();
    }

    private Map<String, String> scanning() throws SQLException {
        return WorkPlans.scanning(work, jobs, 20, OF_ONE_ROW);
    }
}
