package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.registration.admission.SaleUnderTest.outcome;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.Ids;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.clock.BusinessClock;
import org.openingminute.registration.decision.Answer;
import org.openingminute.registration.decision.Ask;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** No SQL for "no", and nobody refused who was let in. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "APP_MODE=rehearsal",
            "PUBLIC_URL=https://registration.example.org",
            "STAFF_JWKS_URI=http://127.0.0.1:1/jwks",
            "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"
        })
class RefusalsIT {

    @Autowired
    private Admissions admissions;

    @Autowired
    private BatchRun batchRun;

    @Autowired
    private RefusalRepository looks;

    @Autowired
    private BusinessClock clock;

    @Autowired
    private AdmissionFigures figures;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private JdbcClient jdbc;

    private Admissions other;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "refusals");
    }

    @BeforeEach
    void anotherInstance() {
        ConferenceRepository conferences = new ConferenceRepository(jdbc);
        other = new Admissions(
                batchRun,
                conferences,
                new FirstAnswers(Ids.timeOrdered()),
                new Refusals(looks, conferences, figures),
                figures);
    }

    @Test
    void ten_thousand_times_sold_out_costs_a_look_a_second() {
        SaleUnderTest sale = soldOut();
        long batches = batches();
        long begun = System.nanoTime();
        double looked = meters.counter("admission.looks").count();

        for (int i = 0; i < 10_000; i++) {
            assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");
        }

        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        assertThat(batches() - batches).isLessThanOrEqualTo(1);
        assertThat(meters.counter("admission.looks").count() - looked).isBetween(1.0, seconds + 2.0);
    }

    @Test
    void who_was_let_in_elsewhere_is_told_so_by_an_instance_that_refuses_everybody_else() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        Ask.Register ask = sale.seat();
        Answer.Done made = admissions.askForAnswer(ask);
        assertThat(outcome(other.submit(sale.seat()))).isEqualTo("sold-out");
        long batches = batches();
        assertThat(outcome(other.submit(sale.seat()))).isEqualTo("sold-out");
        assertThat(batches()).as("refused from memory").isEqualTo(batches);

        assertThat(other.askForAnswer(ask)).isEqualTo(made);
    }

    @Test
    void keys_that_were_admitted_together_are_read_together_however_few_are_read_at_once() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 20);
        List<CompletableFuture<Answer>> asked = IntStream.range(0, 20)
                .mapToObj(i -> admissions.submit(sale.seat()))
                .toList();
        asked.forEach(CompletableFuture::join);

        Set<Long> read = new HashSet<>();
        RefusalRepository.Look look = looks.look(sale.slug(), Instant.EPOCH, 2);
        read.addAll(look.newKeys());
        while (!look.caughtUp()) {
            look = looks.look(sale.slug(), look.newestKey(), 2);
            read.addAll(look.newKeys());
        }
        assertThat(read).hasSize(20);
    }

    @Test
    void a_request_that_needs_nothing_of_what_is_gone_is_not_refused() {
        SaleUnderTest sale = soldOut();
        assertThat(outcome(admissions.submit(sale.online()))).isEqualTo("201");
        assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");
    }

    @Test
    void a_request_with_a_voucher_is_asked_about_each_time() {
        SaleUnderTest sale = soldOut();
        long batches = batches();
        assertThat(outcome(admissions.submit(sale.withVoucher()))).isEqualTo("sold-out");
        assertThat(outcome(admissions.submit(sale.withVoucher()))).isEqualTo("sold-out");
        assertThat(batches()).isEqualTo(batches + 2);
    }

    @Test
    void a_freed_seat_is_sold_again_and_a_second_after_it_was_freed_at_the_earliest() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        Answer.Done made = admissions.askForAnswer(sale.seat());
        assertThat(outcome(other.submit(sale.seat()))).isEqualTo("sold-out");

        admissions.ask(sale.cancel(made));
        long freed = System.nanoTime();
        assertThat(outcome(admissions.submit(sale.seat())))
                .as("who comes meanwhile waits for it")
                .isEqualTo("201");

        assertThat(Duration.ofNanos(System.nanoTime() - freed)).isGreaterThanOrEqualTo(Duration.ofMillis(950));
    }

    @Test
    void seats_that_were_added_are_sold_a_second_later_too() {
        SaleUnderTest sale = soldOut();
        sale.define(other, 2, "");
        long added = System.nanoTime();
        assertThat(outcome(other.submit(sale.seat()))).isEqualTo("201");
        assertThat(Duration.ofNanos(System.nanoTime() - added)).isGreaterThanOrEqualTo(Duration.ofMillis(950));
    }

    @Test
    void before_the_opening_and_after_the_end_nobody_asks_the_database() throws InterruptedException {
        try {
            SaleUnderTest sale = SaleUnderTest.of(admissions, 10);
            clock.moveTo(Instant.parse("2026-01-14T23:00:00Z"));
            refusedFromMemory(sale, "not-open");
            clock.moveTo(Instant.parse("2026-01-15T00:00:00Z"));
            assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("201");
            clock.moveTo(Instant.parse("2026-05-22T00:00:10Z"));
            refusedFromMemory(sale, "closed");
        } finally {
            clock.moveTo(Instant.parse("2026-02-02T17:00:00Z"));
        }
    }

    private void refusedFromMemory(SaleUnderTest sale, String code) {
        assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo(code);
        long batches = batches();
        for (int i = 0; i < 100; i++) {
            assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo(code);
        }
        assertThat(batches()).isEqualTo(batches);
    }

    private SaleUnderTest soldOut() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        admissions.askForAnswer(sale.seat());
        assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");
        return sale;
    }

    private long batches() {
        return meters.get("admission.batch.size").summary().count();
    }
}
