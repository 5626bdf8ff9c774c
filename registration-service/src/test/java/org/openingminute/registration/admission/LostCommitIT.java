package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.admission.SaleUnderTest.outcome;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.SaleCounts;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.decision.Result;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.ContextConfiguration;

/** Proves that a commit whose reply is lost is neither repeated nor forgotten. Runs the service over a connection that can be cut. */
@RegistrationServiceTest
@ContextConfiguration(initializers = LostCommitIT.OverALine.class)
class LostCommitIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static CuttableLine line;

    @Autowired
    private Admissions admissions;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private JdbcClient jdbc;

    /** Puts the cuttable connection between the service and its database. */
    static final class OverALine extends ServiceFixture.WithNeighbours {

        @Override
        protected String database() {
            String url = super.database();
            URI server = URI.create(url.substring("jdbc:".length()));
            line = lineTo(server);
            String cuttable = url.replace(server.getHost() + ":" + server.getPort(), "127.0.0.1:" + line.port());
            // Statements are sent as text, because the proxy would not recognise a prepared commit.
            return cuttable + (cuttable.contains("?") ? "&" : "?") + "prepareThreshold=0";
        }

        private static CuttableLine lineTo(URI server) {
            try {
                return new CuttableLine(server.getHost(), server.getPort());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @AfterAll
    static void hangUp() throws IOException {
        line.close();
    }

    @Test
    void a_lost_commit_reruns_the_batch_and_finds_its_rows() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        admissions.executeForReply(sale.seat());

        untilACommitIsLost(() -> {}, () -> {
            long before = registrations(sale);
            Result.Done made = admissions.executeForReply(sale.seat());
            assertThat(registrations(sale)).isEqualTo(before + 1);
            assertThat(SaleCounts.otherwise(jdbc, sale.slug())).isEmpty();
            assertThat(jdbc.sql("select count(*) from registration where id = ?")
                            .param(made.registration())
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        });
    }

    @Test
    void a_lost_commit_of_a_new_conference_still_answers_created() {
        untilACommitIsLost(
                () -> {},
                () -> assertThat(outcome(SaleUnderTest.notYet().define(admissions, 100, "")))
                        .isEqualTo("201"));
    }

    @Test
    void a_lost_commit_of_a_new_voucher_still_answers_created() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        untilACommitIsLost(() -> {}, () -> {
            String code = UUID.randomUUID().toString();
            assertThat(outcome(admissions.execute(sale.setVoucher(code)))).isEqualTo("201");
        });
    }

    @Test
    void a_lost_commit_of_a_removed_voucher_still_answers_removed() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        untilACommitIsLost(
                () -> admissions.execute(sale.setVoucher("LATE")),
                () -> assertThat(outcome(admissions.execute(sale.removeVoucher("LATE"))))
                        .isEqualTo("200"));
        assertThat(jdbc.sql("select count(*) from conference where slug = ? and definition::text like '%LATE%'")
                        .param(sale.slug())
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    /** Retries, because the connection may be cut at another transaction's commit. */
    private void untilACommitIsLost(Runnable before, Runnable work) {
        Counter lost = meters.counter("admission.batch.failures", "reason", "database-away");
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
