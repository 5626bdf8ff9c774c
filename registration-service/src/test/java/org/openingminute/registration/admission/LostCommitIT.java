package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.admission.SaleUnderTest.outcome;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.decision.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A database whose line is cut after a commit has gone out and before its answer has come in. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "APP_MODE=rehearsal",
            "PUBLIC_URL=https://registration.example.org",
            "STAFF_JWKS_URI=http://127.0.0.1:1/jwks",
            "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"
        })
class LostCommitIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static CuttableLine line;

    @Autowired
    private Admissions admissions;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private JdbcClient jdbc;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) throws IOException {
        String url = TestInfrastructure.newDatabase("lost_commit");
        URI server = URI.create(url.substring("jdbc:".length()));
        line = new CuttableLine(server.getHost(), server.getPort());
        String cuttable = url.replace(server.getHost() + ":" + server.getPort(), "127.0.0.1:" + line.port());
        // Statements by their text each time: a commit that was prepared would pass the line unseen.
        String readable = cuttable + (cuttable.contains("?") ? "&" : "?") + "prepareThreshold=0";
        registry.add("DATABASE_URL", () -> readable);
        registry.add("DATABASE_USER", () -> "postgres");
        registry.add("DATABASE_PASSWORD", () -> "postgres");
        registry.add("KAFKA_BOOTSTRAP_SERVERS", TestInfrastructure::kafkaBootstrapServers);
    }

    @AfterAll
    static void hangUp() throws IOException {
        line.close();
    }

    @Test
    void who_loses_the_line_during_the_commit_runs_the_same_batch_again_and_finds_what_was_saved() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        admissions.askForAnswer(sale.seat());

        untilACommitIsLost(() -> {}, () -> {
            long before = registrations(sale);
            Answer.Done made = admissions.askForAnswer(sale.seat());
            assertThat(registrations(sale)).isEqualTo(before + 1);
            assertThat(jdbc.sql("select count(*) from registration where id = ?")
                            .param(made.registration())
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        });
    }

    @Test
    void who_loses_the_line_during_the_commit_of_a_new_conference_is_told_that_it_is_new() {
        untilACommitIsLost(
                () -> {},
                () -> assertThat(outcome(SaleUnderTest.notYet().define(admissions, 100, "")))
                        .isEqualTo("201"));
    }

    @Test
    void who_loses_the_line_during_the_commit_of_a_new_voucher_is_told_that_it_is_new() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        untilACommitIsLost(() -> {}, () -> {
            String code = UUID.randomUUID().toString();
            assertThat(outcome(admissions.ask(sale.setVoucher(code)))).isEqualTo("201");
        });
    }

    @Test
    void who_loses_the_line_during_the_commit_of_a_removed_voucher_is_told_that_it_was_removed() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        untilACommitIsLost(
                () -> admissions.ask(sale.setVoucher("LATE")),
                () -> assertThat(outcome(admissions.ask(sale.removeVoucher("LATE"))))
                        .isEqualTo("200"));
        assertThat(jdbc.sql("select count(*) from conference where slug = ? and definition::text like '%LATE%'")
                        .param(sale.slug())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    /** Somebody else's commit may be the one that is cut; then the next is tried. */
    private void untilACommitIsLost(Runnable before, Runnable work) {
        Counter lost = meters.counter("admission.batch.failures", "why", "database-away");
        await().atMost(SOON).until(() -> {
            before.run();
            double lostBefore = lost.count();
            line.cutAtNextCommit();
            work.run();
            return line.wasCut() && lost.count() > lostBefore;
        });
    }

    private long registrations(SaleUnderTest sale) {
        return jdbc.sql("select count(*) from registration where conference = ?")
                .param(sale.slug())
                .query(Long.class)
                .single();
    }
}
