package org.openingminute.notification.maillog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.StepGuard;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.json.JsonMapper;

/** Proves that old idempotency records are deleted in steps, on a real database. */
class IdempotencyRecordsIT {

    private final JdbcClient jdbc = JdbcClient.create(
            new DriverManagerDataSource(TestInfrastructure.newDatabase("answers"), "postgres", "postgres"));

    @Test
    void old_answers_are_forgotten_in_steps() {
        jdbc.sql("""
                insert into remembered_answer (call, subject, idempotency_key, request_hash, answer, answered_at)
                select 'resend', gen_random_uuid(), n::text, '', '{}', now() - case when n = 1 then interval '1 day' else interval '2 days' end
                  from generate_series(1, 2002) as n
                """).update();
        StepGuard.on(jdbc, "remembered_answer", "delete");

        new IdempotencyRecords(jdbc, new JsonMapper()).forgetOld();

        assertThat(jdbc.sql("select idempotency_key from remembered_answer")
                        .query(String.class)
                        .list())
                .containsExactly("1");
    }
}
