package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.admission.SaleUnderTest.dinnerForOne;
import static org.openingminute.registration.admission.SaleUnderTest.outcome;
import static org.openingminute.registration.admission.SaleUnderTest.persistently;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.problem.ProblemCode;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.SaleProblem;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.inventory.Inventory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proves that refusals need no SQL and that nobody is refused after being admitted, with two instances on a real database. */
@RegistrationServiceTest
@Import(ServiceFixture.Alone.class)
class RefusalsIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Autowired
    private Admissions admissions;

    @Autowired
    private SaleReader polls;

    @Autowired
    private RefusalCache.RefusalMetrics metrics;

    @Autowired
    private BusinessClock clock;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private JdbcClient jdbc;

    private Admissions other;

    @BeforeEach
    void anotherInstance(@Autowired AutowireCapableBeanFactory beans) {
        other = beans.createBean(Instances.class).another();
    }

    @Test
    void ten_thousand_times_sold_out_costs_five_polls_a_second() {
        SaleUnderTest sale = soldOut();
        long batches = batches();
        long begun = System.nanoTime();
        double polled = meters.counter("admission.sale.polls").count();

        for (int i = 0; i < 10_000; i++) {
            assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");
        }

        long times = Duration.ofNanos(System.nanoTime() - begun).dividedBy(Inventory.SOLD_AGAIN_AFTER);
        // A poll that takes longer than its result would be good for is of no use, so that a batch decides.
        assertThat(batches() - batches).isLessThanOrEqualTo(times + 1);
        // The first request polls twice: once for the initial state and once for the changes since.
        assertThat(meters.counter("admission.sale.polls").count() - polled).isBetween(1.0, times + 3.0);
    }

    @Test
    void a_key_admitted_elsewhere_gets_its_answer_while_sold_out() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        Command.Register command = sale.seat();
        Result.Done made = admissions.executeForReply(command);
        refusedFromCache(other, sale, "sold-out");

        assertThat(other.executeForReply(command)).isEqualTo(made);
    }

    @Test
    void keys_admitted_together_are_read_across_pages() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 20);
        List<CompletableFuture<Result>> asked = IntStream.range(0, 20)
                .mapToObj(i -> admissions.submit(sale.seat()))
                .toList();
        asked.forEach(CompletableFuture::join);

        Set<Long> read = new HashSet<>();
        SaleReader.SalePoll poll = polls.poll(sale.slug(), Instant.EPOCH, 2);
        read.addAll(poll.newKeys());
        while (!poll.caughtUp()) {
            poll = polls.poll(sale.slug(), poll.keysUpTo(), 2);
            read.addAll(poll.newKeys());
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
    void a_freed_seat_is_sold_200_ms_later_and_nobody_is_told_sold_out() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        Result.Done made = admissions.executeForReply(sale.seat());
        assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");

        long before = System.nanoTime();
        admissions.execute(sale.cancel(made));
        assertThat(outcome(persistently(admissions, sale.seat()))).isEqualTo("201");

        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Inventory.SOLD_AGAIN_AFTER, Duration.ofSeconds(30));
    }

    @Test
    void added_seats_are_sold_200_ms_later_too() {
        SaleUnderTest sale = soldOut();
        long before = System.nanoTime();
        sale.define(other, 2, "");
        assertThat(outcome(persistently(other, sale.seat()))).isEqualTo("201");
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Inventory.SOLD_AGAIN_AFTER, Duration.ofSeconds(30));
    }

    @Test
    void a_changed_definition_withholds_nothing_while_all_is_left() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1_000);
        register(sale, 100);

        sale.define(admissions, 1_000, dinnerForOne(1));
        assertThat(register(sale, 300)).containsOnly("201");
    }

    @Test
    void definitions_changed_under_300_buyers_tell_nobody_sold_out() throws Exception {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1_000, dinnerForOne(1));
        assertThat(outcome(admissions.submit(sale.withDinner()))).isEqualTo("201");
        assertThat(outcome(other.submit(sale.withDinner())))
                .as("somebody is refused")
                .isEqualTo("sold-out");

        Set<String> outcomes = ConcurrentHashMap.newKeySet();
        List<Future<Result>> buyers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                Admissions instance = i % 2 == 0 ? admissions : other;
                buyers.add(clients.submit(() -> persistently(instance, sale.seat(), outcomes)));
            }
            for (int price = 2; price <= 5; price++) {
                sale.define(price % 2 == 0 ? admissions : other, 1_000, dinnerForOne(price));
            }
        }
        for (Future<Result> buyer : buyers) {
            assertThat(outcome(buyer.get())).isEqualTo("201");
        }
        assertThat(outcomes).isSubsetOf("201", "unavailable");
    }

    /** Registers this number of seats, alternating between both instances; returns the outcomes. */
    private List<String> register(SaleUnderTest sale, int seats) {
        return IntStream.range(0, seats)
                .mapToObj(i -> (i % 2 == 0 ? admissions : other).submit(sale.seat()))
                .toList()
                .stream()
                .map(SaleUnderTest::outcome)
                .toList();
    }

    @Test
    void the_wait_for_a_freed_seat_begins_though_nobody_asks_for_it() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        Result.Done made = admissions.executeForReply(sale.seat());
        admissions.execute(sale.cancel(made));

        await().atMost(SOON)
                .until(() ->
                        jdbc.sql("""
                        select freed_at <= clock_timestamp() from quota where conference = ? and code = 'capacity'
                        """).param(sale.slug()).query(Boolean.class).single());
    }

    @Test
    void another_definition_that_frees_nothing_leaves_sold_out_as_it_is() {
        SaleUnderTest sale = soldOut();
        refusedFromCache(other, sale, "sold-out");

        sale.define(admissions, 1, ", \"taxPercent\": 19");
        for (Admissions instance : List.of(admissions, other)) {
            assertThat(outcome(instance.submit(sale.seat()))).isEqualTo("sold-out");
            assertThat(outcome(persistently(instance, sale.online()))).isEqualTo("201");
            refusedFromCache(instance, sale, "sold-out");
        }
    }

    @Test
    void a_definition_that_frees_nothing_refuses_no_admitted_caller() {
        SaleUnderTest sale = soldOut();
        assertThat(outcome(other.submit(sale.seat()))).isEqualTo("sold-out");
        Command.Register command = sale.seat();
        ObjectNode withoutSeats = sale.definition(1, "");
        ((ObjectNode) withoutSeats.at("/registration/categories/0")).put("countsAgainstCapacity", false);
        refusedFromCache(other, sale, "sold-out");

        sale.define(admissions, withoutSeats);
        Result made = persistently(admissions, command);
        assertThat(outcome(made)).isEqualTo("201");
        assertThat(other.executeForReply(command)).isEqualTo(made);
    }

    @Test
    void places_of_a_reservation_that_has_ended_are_for_everybody_at_once() throws InterruptedException {
        try {
            clock.moveTo(Instant.parse("2026-02-02T17:00:00Z"));
            SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
            sale.define(admissions, reservingAll(sale));
            assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");
            refusedFromCache(admissions, sale, "sold-out");

            clock.moveTo(Instant.parse("2026-02-02T17:04:57Z"));
            boolean ended;
            String outcome;
            do {
                ended = businessTimeIsAfter("2026-02-02T17:05:00Z");
                outcome = outcome(admissions.submit(sale.seat()));
            } while (!ended && outcome.equals("sold-out"));
            assertThat(outcome).as("no cache outlives the reservation").isEqualTo("201");
            assertThat(outcome(admissions.submit(sale.seat()))).as("it was one").isEqualTo("sold-out");
        } finally {
            clock.moveTo(Instant.parse("2026-02-02T17:00:00Z"));
        }
    }

    @Test
    void a_removed_reservation_is_for_sale_once_caches_expire() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        sale.define(admissions, reservingAll(sale));
        assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");
        refusedFromCache(other, sale, "sold-out");
        Command.Register command = sale.seat();

        admissions.execute(sale.removeVoucher("KEPT"));
        Result made = persistently(admissions, command);
        assertThat(outcome(made)).isEqualTo("201");
        assertThat(other.executeForReply(command)).isEqualTo(made);
    }

    /** A sale of one seat, which a voucher reserves until 17:05. */
    private static ObjectNode reservingAll(SaleUnderTest sale) {
        ObjectNode definition = sale.definition(1, "");
        ((ArrayNode) definition.at("/registration/vouchers"))
                .addObject()
                .put("code", "KEPT")
                .put("uses", 1)
                .put("reserves", true)
                .put("until", "2026-02-02T17:04:59Z");
        return definition;
    }

    private boolean businessTimeIsAfter(String instant) {
        return jdbc.sql("""
                select clock_timestamp() + offset_millis * interval '1 millisecond' > ?::timestamptz from rehearsal_clock
                """).param(instant).query(Boolean.class).single();
    }

    @Test
    void a_clock_that_stood_an_hour_ahead_withholds_no_freed_seat() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        Result.Done made = admissions.executeForReply(sale.seat());
        double counted = meters.counter("admission.clock.set.backs").count();
        clockStoodAnHourAhead(sale);
        admissions.execute(sale.cancel(made));

        assertThat(outcome(persistently(other, sale.seat()))).isEqualTo("201");
        assertThat(meters.counter("admission.clock.set.backs").count()).isEqualTo(counted + 1);
        assertThat(jdbc.sql("select judged_at <= clock_timestamp() from inventory where conference = ?")
                        .param(sale.slug())
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void keys_from_before_and_after_a_clock_was_set_back_are_not_refused() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 2);
        Command.Register ahead = sale.seat();
        Result.Done first = admissions.executeForReply(ahead);
        Result.Done cancelled = admissions.executeForReply(sale.seat());
        clockStoodAnHourAhead(sale);
        RefusalCache cache = new RefusalCache(polls, new ConferenceCache(jdbc), metrics);
        RefusalCache laterCache = new RefusalCache(polls, new ConferenceCache(jdbc), metrics);
        awaitSoldOut(cache, sale);

        admissions.execute(sale.cancel(cancelled));
        Command.Register later = sale.seat();
        assertThat(outcome(persistently(admissions, later))).isEqualTo("201");

        for (RefusalCache instance : List.of(cache, laterCache)) {
            awaitSoldOut(instance, sale);
            assertThat(codeOf(instance, sale, ahead)).isEmpty();
            assertThat(codeOf(instance, sale, later)).isEmpty();
        }
        assertThat(other.executeForReply(ahead)).isEqualTo(first);
    }

    /** Waits for a refusal from a cache, which gives none where its poll took too long on a busy machine. */
    private static void awaitSoldOut(RefusalCache instance, SaleUnderTest sale) {
        await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .until(() -> codeOf(instance, sale, sale.seat())
                        .filter(SaleProblem.SOLD_OUT::equals)
                        .isPresent());
    }

    private static Optional<ProblemCode> codeOf(RefusalCache instance, SaleUnderTest sale, Command.Register command) {
        instance.note(sale.slug(), new Result.Refused(new Problem(SaleProblem.SOLD_OUT, "as a batch has said")));
        return instance.of(command).map(Problem::code);
    }

    /** Simulates that the database's clock was an hour ahead during this sale's batches and has been corrected since. */
    private void clockStoodAnHourAhead(SaleUnderTest sale) {
        jdbc.sql("update inventory set judged_at = judged_at + interval '1 hour' where conference = ?")
                .param(sale.slug())
                .update();
        jdbc.sql("update idempotency set admitted_at = admitted_at + interval '1 hour' where scope = ?")
                .param("register:" + sale.slug())
                .update();
    }

    @Test
    void refusals_outside_the_sale_do_not_query_the_database() throws InterruptedException {
        try {
            SaleUnderTest sale = SaleUnderTest.of(admissions, 10);
            clock.moveTo(Instant.parse("2026-01-14T23:00:00Z"));
            refusedFromCache(admissions, sale, "not-open");
            clock.moveTo(Instant.parse("2026-01-15T00:00:00Z"));
            assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("201");
            clock.moveTo(Instant.parse("2026-05-22T00:00:10Z"));
            // The expiry of other tests' holds runs batches too.
            await().atMost(SOON).until(() -> endedHolds() == 0);
            refusedFromCache(admissions, sale, "closed");
        } finally {
            clock.moveTo(Instant.parse("2026-02-02T17:00:00Z"));
        }
    }

    /** Checks that 100 requests in a row need no batch; tries again where a poll took too long on a busy machine. */
    private void refusedFromCache(Admissions instance, SaleUnderTest sale, String code) {
        assertThat(outcome(instance.submit(sale.seat()))).isEqualTo(code);
        await().atMost(SOON).pollDelay(Duration.ZERO).until(() -> {
            long batches = batches();
            for (int i = 0; i < 100; i++) {
                assertThat(outcome(instance.submit(sale.seat()))).isEqualTo(code);
            }
            return batches() == batches;
        });
    }

    private long endedHolds() {
        return jdbc.sql("select count(*) from registration where hold_expires_at <= ?")
                .param(clock.now().atOffset(ZoneOffset.UTC))
                .query(Long.class)
                .single();
    }

    private SaleUnderTest soldOut() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 1);
        admissions.executeForReply(sale.seat());
        assertThat(outcome(admissions.submit(sale.seat()))).isEqualTo("sold-out");
        return sale;
    }

    private long batches() {
        return meters.get("admission.batch.size").summary().count();
    }
}
