package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.admission.SaleUnderTest.outcome;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.TransientFailure;
import org.openingminute.messaging.testing.Appended;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.SaleCounts;
import org.openingminute.registration.admission.AdmissionQueue.QueuedCommand;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.lifecycle.PaymentSnapshot;
import org.openingminute.registration.sale.Money;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves the architecture document's sentences about admission batches, on the running service with its database. The tests run
 * concurrently, each on its own conference, because most of their time is spent on hanging batches.
 */
@RegistrationServiceTest
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = AdmissionIT.PARTITIONS, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
class AdmissionIT {

    static final String PARTITIONS = "partitions of keys";

    private static final Duration SOON = Duration.ofSeconds(20);

    /** A batch that a test runs by itself notifies no caches. */
    private static final BatchRun.Listener NO_LISTENER = _ -> {};

    @Autowired
    private Admissions admissions;

    @Autowired
    private BatchRun batchRun;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    private Instances instances;
    private Admissions other;

    /** Runs before any batch, because creating a trigger waits for running batches. */
    @BeforeAll
    static void someRegistrationsAreTrouble(@Autowired JdbcClient jdbc) {
        onRegistration(jdbc, "poison", "raise exception 'this one cannot be stored' using errcode = '22001'");
        onRegistration(jdbc, "slow", "perform pg_sleep(1.2)");
        onRegistration(jdbc, "stuck", "perform pg_sleep(3)");
    }

    @BeforeEach
    void anotherInstance(@Autowired AutowireCapableBeanFactory beans) {
        instances = beans.createBean(Instances.class);
        other = instances.another();
    }

    @Test
    void two_instances_that_meet_on_the_last_seats_sell_each_once() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 50);
        List<CompletableFuture<Result>> answers = IntStream.range(0, 400)
                .mapToObj(i -> (i % 2 == 0 ? admissions : other).submit(sale.seat()))
                .toList();

        assertThat(answers.stream().map(SaleUnderTest::outcome)).containsOnly("201", "sold-out");
        assertThat(answers.stream().map(SaleUnderTest::outcome).filter("201"::equals))
                .hasSize(50);
        assertThat(held(sale)).isEqualTo(50);
        assertThat(registrations(sale)).isEqualTo(50);
    }

    @Test
    void two_instances_that_meet_on_one_key_register_once_and_say_the_same() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 50);
        Command.Register command = sale.seat();
        List<CompletableFuture<Result>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add((i % 2 == 0 ? admissions : other).submit(command));
        }

        assertThat(answers.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(registrations(sale)).isEqualTo(1);
    }

    @Test
    @ResourceLock(PARTITIONS)
    void keys_are_found_for_a_day_and_not_for_two() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 50);
        Result.Done made = admissions.executeForReply(sale.seat());
        Command.Register command = sale.seat();
        admissions.executeForReply(command);
        makePartitionBeforeAll();
        moveKeys(sale, "24 hours 30 minutes");

        assertThat(other.executeForReply(command).registration()).isNotEqualTo(made.registration());
        assertThat(registrations(sale)).isEqualTo(2);

        moveKeys(sale, "1 hour");
        assertThat(instances.another().executeForReply(command).registration()).isNotNull();
        assertThat(registrations(sale)).isEqualTo(3);
    }

    /** Creates a partition up to the first day that has one; that day is yesterday if the service has been running since then. */
    private void makePartitionBeforeAll() {
        jdbc.sql("""
                do $$
                declare
                    yesterday timestamptz := date_trunc('day', clock_timestamp(), 'UTC') - interval '1 day';
                begin
                    drop table if exists idempotency_before;
                    execute format('create table if not exists %I partition of idempotency for values from (%L) to (%L)',
                                   'idempotency_' || to_char(yesterday at time zone 'UTC', 'YYYYMMDD'), yesterday,
                                   yesterday + interval '1 day');
                    execute format('create table idempotency_before partition of idempotency for values from (%L) to (%L)',
                                   '2020-01-01',
                                   (select to_date(right(min(relname), 8), 'YYYYMMDD') || ' 00:00Z' from pg_class
                                     where relname ~ '^idempotency_[0-9]{8}$'));
                end $$
                """).update();
    }

    private void moveKeys(SaleUnderTest sale, String by) {
        jdbc.sql("update idempotency set admitted_at = admitted_at - ?::interval where scope = ?")
                .param(by)
                .param("register:" + sale.slug())
                .update();
    }

    @Test
    void one_request_that_the_database_refuses_fails_alone() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        List<CompletableFuture<Result>> good = new ArrayList<>(IntStream.range(0, 20)
                .mapToObj(i -> admissions.submit(sale.seat()))
                .toList());
        CompletableFuture<Result> bad = admissions.submit(sale.of("poison@example.org"));
        good.addAll(IntStream.range(0, 20)
                .mapToObj(i -> admissions.submit(sale.seat()))
                .toList());

        assertThat(good.stream().map(SaleUnderTest::outcome)).containsOnly("201");
        assertThat(bad).failsWithin(SOON);
        assertThat(registrations(sale)).isEqualTo(40);
        assertThat(held(sale)).isEqualTo(40);
    }

    @Test
    void request_without_a_decision_is_seen_as_refused() {
        SaleUnderTest sale = SaleUnderTest.of(other, 100);
        List<String> seen = new CopyOnWriteArrayList<>();
        other.watchedBy(new Admissions.QueueWatch() {

            @Override
            public void refused(String conference) {
                seen.add("refused " + conference);
            }

            @Override
            public void decided(Command.Register command, Result answer) {
                seen.add("decided " + command.conference());
            }
        });
        assertThat(outcome(other.submit(sale.seat()))).isEqualTo("201");
        assertThat(other.submit(sale.of("poison@example.org"))).failsWithin(SOON);
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(seen).containsExactly("decided " + sale.slug(), "refused " + sale.slug()));
    }

    @Test
    void a_batch_that_runs_out_of_time_is_halved_until_it_does_not() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        Counter outOfTime = meters.counter("admission.batch.failures", "reason", "out-of-time");
        double before = outOfTime.count();
        // It would take 2.4 s of its 2 s.
        List<QueuedCommand> batch = waiting(sale.of("slow@example.org"), sale.of("slow@example.org"));

        batchRun.run(sale.slug(), batch, NO_LISTENER);

        assertThat(batch.stream().map(one -> outcome(one.answer()))).containsOnly("201");
        assertThat(registrations(sale)).isEqualTo(2);
        assertThat(outOfTime.count()).isGreaterThan(before);
    }

    @Test
    void a_command_too_slow_alone_is_retried_and_others_are_answered() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        List<QueuedCommand> batch = waiting(sale.of("stuck@example.org"), sale.seat(), sale.seat(), sale.seat());

        // It is halved for four seconds, and longer where the machine stands still.
        batchRun.run(sale.slug(), batch, NO_LISTENER, Duration.ofSeconds(20));

        assertThat(batch).allMatch(one -> one.answer().isDone());
        assertRetry(batch.getFirst());
        assertThat(batch.stream().skip(1).map(one -> outcome(one.answer()))).containsOnly("201");
        assertThat(registrations(sale)).isEqualTo(3);
        assertThat(held(sale)).isEqualTo(3);
    }

    @Test
    void commands_left_at_the_time_limit_are_answered_and_not_halved() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        List<QueuedCommand> batch = waiting(sale.of("stuck@example.org"), sale.seat(), sale.of("stuck@example.org"));

        // The first command alone uses the rest of the eight seconds; the other two come after it.
        batchRun.run(sale.slug(), batch, NO_LISTENER, BatchRun.GIVE_UP);

        batch.forEach(AdmissionIT::assertRetry);
        assertThat(registrations(sale)).isZero();
        assertThat(outcome(admissions.execute(sale.seat()))).isEqualTo("201");
    }

    @Test
    void a_lock_held_too_long_asks_callers_to_retry_and_parks_nothing() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        List<QueuedCommand> batch = waiting(sale.seat(), sale.seat());
        List<QueuedCommand> news = waiting(paymentNews(sale));

        transaction.executeWithoutResult(_ -> {
            // Otherwise the pool's limit could end this transaction before the last attempt of the other one.
            jdbc.sql("set local transaction_timeout = 0").update();
            jdbc.sql("select 1 from inventory where conference = ? for update")
                    .param(sale.slug())
                    .query()
                    .singleRow();
            // Another thread, because it has a transaction of its own.
            CompletableFuture.runAsync(() -> batchRun.run(
                            sale.slug(),
                            Stream.concat(news.stream(), batch.stream()).toList(),
                            NO_LISTENER,
                            BatchRun.GIVE_UP))
                    .join();
        });

        batch.forEach(AdmissionIT::assertRetry);
        assertThat(news.getFirst().answer())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(TransientFailure.class);
        assertThat(registrations(sale)).isZero();
    }

    private static Command.PaymentReported paymentNews(SaleUnderTest sale) {
        UUID registration = UUID.randomUUID();
        Money nothing = Money.zero("USD");
        return new Command.PaymentReported(
                sale.slug(),
                registration,
                new Message(
                        UUID.randomUUID(),
                        "payment.events.v1",
                        registration.toString(),
                        "payment.captured.v1",
                        "/payment-service",
                        Instant.parse("2026-02-02T17:00:00Z"),
                        1,
                        "{}",
                        Map.of()),
                new PaymentSnapshot(
                        registration,
                        PaymentSnapshot.ReportedStatus.AWAITING,
                        nothing,
                        nothing,
                        nothing,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        null,
                        null,
                        List.of()));
    }

    private static List<QueuedCommand> waiting(Command... asks) {
        return Stream.of(asks)
                .map(command -> new QueuedCommand(command, new CompletableFuture<>(), System.nanoTime(), Map.of()))
                .toList();
    }

    private static void assertRetry(QueuedCommand waiting) {
        assertThat(waiting.answer())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.code()).isEqualTo(CommonProblem.UNAVAILABLE));
    }

    @Test
    void published_events_continue_the_trace_of_their_caller() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        List<QueuedCommand> batch = Stream.of("one", "other")
                .map(trace -> new QueuedCommand(
                        sale.seat(), new CompletableFuture<>(), System.nanoTime(), Map.of("traceparent", trace)))
                .toList();

        batchRun.run(sale.slug(), batch, NO_LISTENER);

        assertThat(batch)
                .allSatisfy(waiting -> assertThat(Appended.about(
                                jdbc,
                                ((Result.Done) waiting.answer().join())
                                        .registration()
                                        .toString()))
                        .extracting(message -> Appended.header(message, "traceparent"))
                        .isNotEmpty()
                        .containsOnly(waiting.trace().get("traceparent")));
    }

    @Test
    void a_group_that_is_too_large_is_refused_before_it_waits() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        CompletableFuture<Result> answer = admissions.submit(sale.group(5_000));

        assertThat(answer).as("answered without a batch").isDone();
        assertThat(answer.join()).isInstanceOfSatisfying(Result.Refused.class, refused -> {
            assertThat(refused.problem().code()).isEqualTo(CommonProblem.INVALID);
            assertThat(refused.problem().errors())
                    .extracting("field")
                    .containsExactly("attendees", "acceptedCodeOfConduct");
        });
    }

    @Test
    @ResourceLock(PARTITIONS)
    void a_clock_that_jumps_to_where_no_partition_is_gets_one() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        admissions.executeForReply(sale.seat());
        jdbc.sql("drop table " + todaysPartition()).update();

        assertThat(outcome(admissions.execute(sale.seat()))).isEqualTo("201");
    }

    private String todaysPartition() {
        return jdbc.sql("select 'idempotency_' || to_char(clock_timestamp() at time zone 'UTC', 'YYYYMMDD')")
                .query(String.class)
                .single();
    }

    @Test
    void batch_time_is_later_than_the_previous_batch() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 100);
        admissions.executeForReply(sale.seat());
        Instant ahead = Instant.now().plusMillis(4_500).truncatedTo(ChronoUnit.MICROS);
        jdbc.sql("update inventory set judged_at = ?::timestamptz where conference = ?")
                .param(ahead.toString())
                .param(sale.slug())
                .update();

        admissions.executeForReply(sale.seat());
        admissions.executeForReply(sale.seat());

        assertThat(jdbc.sql(
                                "select judged_at >= ?::timestamptz + interval '2 microseconds' from inventory where conference = ?")
                        .param(ahead.toString())
                        .param(sale.slug())
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void earlier_addresses_count_once_one_per_address_is_set() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 50);
        admissions.executeForReply(sale.of("ada@example.org"));
        admissions.executeForReply(sale.of("grace@example.org"));
        assertThat(addresses(sale)).isZero();

        sale.define(admissions, 50, ", \"onePerAddress\": true");

        assertThat(addresses(sale)).isEqualTo(2);
        assertThat(outcome(admissions.submit(sale.of("Ada@example.org")))).isEqualTo("already-registered");
        assertThat(outcome(SaleUnderTest.persistently(admissions, sale.of("alan@example.org"))))
                .isEqualTo("201");
        assertThat(outcome(admissions.submit(sale.of("alan@example.org")))).isEqualTo("already-registered");
    }

    @Test
    void addresses_of_one_batch_count() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 50, ", \"onePerAddress\": true");
        List<QueuedCommand> batch =
                waiting(sale.of("ada@example.org"), sale.of("Ada@example.org"), sale.of("grace@example.org"));

        batchRun.run(sale.slug(), batch, NO_LISTENER);

        assertThat(batch.stream().map(one -> outcome(one.answer())))
                .containsExactly("201", "already-registered", "201");
    }

    @Test
    void definition_of_a_conference_that_counts_addresses_looks_for_no_missing_ones() {
        SaleUnderTest sale = SaleUnderTest.of(admissions, 50);
        sale.define(admissions, 50, ", \"onePerAddress\": true");
        admissions.executeForReply(sale.of("ada@example.org"));
        jdbc.sql("delete from attendee where conference = ?").param(sale.slug()).update();

        sale.define(admissions, 60, ", \"onePerAddress\": true");
        assertThat(addresses(sale)).isZero();

        sale.define(admissions, 60, "");
        sale.define(admissions, 60, ", \"onePerAddress\": true");
        assertThat(addresses(sale)).isEqualTo(1);
    }

    private long addresses(SaleUnderTest sale) {
        return jdbc.sql("select count(*) from attendee where conference = ?")
                .param(sale.slug())
                .query(Long.class)
                .single();
    }

    private static void onRegistration(JdbcClient jdbc, String name, String does) {
        jdbc.sql("""
                create or replace function %1$s() returns trigger language plpgsql as $$
                begin if new.document::text like '%%"%1$s%%' then %2$s; end if; return new; end $$
                """.formatted(name, does)).update();
        jdbc.sql("create or replace trigger %1$s before insert on registration for each row execute function %1$s()"
                        .formatted(name))
                .update();
    }

    private int held(SaleUnderTest sale) {
        return jdbc.sql("select held from quota where conference = ? and code = 'capacity'")
                .param(sale.slug())
                .query(Integer.class)
                .single();
    }

    /** Counts each registration once, whatever happened to its batch. */
    private long registrations(SaleUnderTest sale) {
        assertThat(SaleCounts.otherwise(jdbc, sale.slug())).isEmpty();
        return jdbc.sql("select count(*) from registration where conference = ?")
                .param(sale.slug())
                .query(Long.class)
                .single();
    }
}
