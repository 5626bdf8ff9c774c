package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.soon;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.DueWork;
import org.openingminute.messaging.testing.WorkPlans;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves that statements of the service's work read tables by index only, from the query plans of a real database. */
@NotificationServiceApplicationTest
class WorkPlansIT {

    private static final Set<String> OF_ONE_ROW = Set.of();

    @Autowired
    private ServiceFixture service;

    @Autowired
    private DataSource work;

    @Autowired
    private List<DueWork> jobs;

    @Test
    @DisturbsOthers
    void no_statement_of_work_reads_a_whole_table() throws Exception {
        WorkPlans.forget(work);
        Story story = new Story();
        NEIGHBOURS.publish(story.held());
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).contains("confirmation sent"));

        assertThat(scanning()).isEmpty();
        WorkPlans.pretendMillionsOfRows(work);
        assertThat(scanning()).isEmpty();
    }

    private Map<String, String> scanning() throws SQLException {
        return WorkPlans.scanning(work, jobs, 10, OF_ONE_ROW);
    }
}
