package org.openingminute.notification.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.Settings;
import org.openingminute.notification.projection.StoredProjection;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.JacksonException;

/** Proves leases, fairness and outcomes of queued mails across instances, on a real database. */
class MailQueueIT {

    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
    private static final Duration DEADLOCKS_FOR =
            Duration.ofSeconds("full".equals(System.getProperty("proofs")) ? 10 : 2);
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Disposition.Content CONTENT =
            new Disposition.Content("ada@example.org", "subject", "text", "html");

    private HikariDataSource database;
    private JdbcClient jdbc;
    private int perDomain = 100;

    @BeforeEach
    void newDatabase() {
        database = new HikariDataSource();
        database.setJdbcUrl(TestInfrastructure.newDatabase("mail_queue"));
        database.setUsername("postgres");
        database.setPassword("postgres");
        // As in the service's pool for work.
        database.addDataSourceProperty("prepareThreshold", 1);
        database.setConnectionInitSql("""
                set plan_cache_mode = force_generic_plan;
                set enable_seqscan = off; set enable_sort = off; set enable_incremental_sort = off
                """);
        jdbc = JdbcClient.create(database);
    }

    @AfterEach
    void disconnect() {
        database.close();
    }

    @Test
    void two_instances_never_lease_one_mail() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            due(NOW);
        }
        List<UUID> leased = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(4);
        for (int instance = 0; instance < 4; instance++) {
            Thread.ofVirtual().start(() -> {
                MailQueue queue = instance(Duration.ofMinutes(1));
                for (List<WaitingMail> some = queue.lease(3, Map.of(), true);
                        !some.isEmpty();
                        some = queue.lease(3, Map.of(), true)) {
                    some.forEach(mail -> leased.add(mail.id()));
                }
                done.countDown();
            });
        }
        done.await();

        assertThat(leased).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void a_kind_that_only_a_newer_version_knows_is_left_to_it() {
        due(NOW);
        jdbc.sql("update mail set kind = 'of-a-later-version'").update();
        due(NOW);

        assertThat(instance(Duration.ofMinutes(1)).lease(10, Map.of(), true))
                .extracting(mail -> mail.cause().kind())
                .containsExactly("confirmation");
    }

    @Test
    void a_lease_that_was_planned_while_few_mails_waited_reads_few_of_many() {
        burst(5_000);
        jdbc.sql("update mail set state = 'sent'").update();
        due(NOW);
        jdbc.sql("vacuum analyze mail").update();
        MailQueue queue = instance(Duration.ofMinutes(1));
        assertThat(queue.lease(10, Map.of(), true)).hasSize(1);

        burst(3_000);
        long before = indexEntriesRead();
        assertThat(queue.lease(10, Map.of(), true)).hasSize(10);

        assertThat(indexEntriesRead() - before).isLessThan(1_000);
    }

    private long indexEntriesRead() {
        jdbc.sql("select pg_stat_force_next_flush()").query((_, _) -> "").single();
        return jdbc.sql("select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'mail'")
                .query(Long.class)
                .single();
    }

    @Test
    void mail_that_is_not_due_is_not_leased() {
        due(NOW.plusMillis(1));

        assertThat(instance(Duration.ofMinutes(1)).lease(10, Map.of(), true)).isEmpty();
    }

    @Test
    void a_lease_that_has_passed_is_another_instances_and_no_longer_ours() {
        due(NOW);
        MailQueue dead = instance(Duration.ZERO);
        WaitingMail mail = dead.lease(1, Map.of(), true).getFirst();

        MailQueue other = instance(Duration.ofMinutes(1));
        assertThat(other.lease(1, Map.of(), true)).extracting(WaitingMail::id).containsExactly(mail.id());
        assertThat(begin(dead, mail, false)).isEmpty();
        WaitingMail tried = begin(other, mail, false).orElseThrow();
        assertThat(apply(dead, mail, waits(NOW.plusSeconds(3_600), "too late to say", null)))
                .isFalse();
        assertThat(begin(other, tried, false)).isPresent();
    }

    @Test
    void foreign_lease_is_taken_only_when_its_instance_is_surely_dead() {
        due(NOW);
        UUID mail = instance(Duration.ZERO).lease(1, Map.of(), true).getFirst().id();
        UUID free = due("confirmation", "ada@example.org", 0, NOW);
        MailQueue other = instance(Duration.ofMinutes(1));

        assertThat(ids(other.lease(10, Map.of(), false))).containsExactly(free);
        assertThat(ids(other.lease(10, Map.of(), true))).containsExactly(mail);
    }

    @Test
    void attempt_begins_with_a_whole_lease() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1, Map.of(), true).getFirst();
        jdbc.sql("update mail set leased_until = clock_timestamp() + interval '20 seconds'")
                .update();

        assertThat(begin(queue, mail, false)).isPresent();

        assertThat(jdbc.sql("select leased_until > clock_timestamp() + interval '50 seconds' from mail")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void attempts_that_begin_together_each_have_their_own_state() throws Exception {
        List<UUID> registrations = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            due("confirmation", "ada@example.org", 0, NOW);
        }
        jdbc.sql("update projection set hold_ends_at = ?")
                .param(Timestamp.from(NOW))
                .update();
        MailQueue queue = instance(Duration.ofMinutes(1));
        List<WaitingMail> leased = queue.lease(50, Map.of(), true);
        WaitingMail lost = leased.getLast();
        jdbc.sql("update mail set leased_by = gen_random_uuid() where id = ?")
                .param(lost.id())
                .update();

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<MailQueue.Begun>>> begun = leased.stream()
                    .map(mail -> threads.submit(() -> queue.begin(new MailQueue.Attempt(mail, false))))
                    .toList();
            for (int i = 0; i < begun.size() - 1; i++) {
                MailQueue.Begun one = begun.get(i).get().orElseThrow();
                assertThat(one.mail()).isEqualTo(leased.get(i).triedOnceMore());
                assertThat(one.state()).isNotNull();
                assertThat(one.state().registration())
                        .isEqualTo(leased.get(i).registration().orElseThrow());
                assertThat(one.state().states().holdEndsAt()).isEqualTo(NOW);
                registrations.add(one.state().registration());
            }
            assertThat(begun.getLast().get()).isEmpty();
        }
        assertThat(registrations).doesNotHaveDuplicates().hasSize(49);
    }

    /** A newer version may have stored such a state. */
    @Test
    void state_that_cannot_be_read_fails_its_own_attempt_alone() {
        UUID unreadable = due("confirmation", "ada@example.org", 0, NOW);
        due("confirmation", "ada@example.org", 0, NOW);
        jdbc.sql("""
                update projection set state = '{"status": 1}'
                 where id = (select registration_id from mail where mail.id = ?)
                """).param(unreadable).update();
        MailQueue queue = instance(Duration.ofMinutes(1));

        for (WaitingMail mail : queue.lease(2, Map.of(), true)) {
            StoredProjection state = queue.begin(new MailQueue.Attempt(mail, false))
                    .orElseThrow()
                    .state();
            assertThat(state).isNotNull();
            if (mail.id().equals(unreadable)) {
                assertThatThrownBy(state::states).isInstanceOf(JacksonException.class);
            } else {
                assertThat(state.states()).isNotNull();
            }
        }
    }

    @Test
    void events_sort_after_all_of_an_earlier_incarnation() {
        due(NOW);
        UUID registration =
                jdbc.sql("select id from projection").query(UUID.class).single();
        jdbc.sql("update projection set mail_sequence = 7").update();
        MailQueue queue = instance(Duration.ofMinutes(1));

        assertThat(queue.report(Map.of(registration, 2), 5).getFirst().sequence())
                .isEqualTo(9);
        assertThat(queue.report(Map.of(registration, 2), 5_000).getFirst().sequence())
                .isEqualTo(5_002);
        assertThat(queue.report(Map.of(registration, 1), 5_000).getFirst().sequence())
                .isEqualTo(5_003);
    }

    @Test
    void mail_that_is_given_back_is_leased_anew() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1, Map.of(), true).getFirst();
        MailQueue other = instance(Duration.ofMinutes(1));
        other.giveBack(List.of(mail.id()));
        assertThat(other.lease(1, Map.of(), true))
                .as("only its holder gives it back")
                .isEmpty();

        queue.giveBack(List.of(mail.id()));

        assertThat(ids(other.lease(1, Map.of(), true))).containsExactly(mail.id());
        assertThat(begin(queue, mail, false)).isEmpty();
    }

    @Test
    void a_renewed_lease_stays_ours() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1, Map.of(), true).getFirst();
        jdbc.sql("update mail set leased_until = clock_timestamp()").update();
        assertThat(begin(queue, mail, false)).isEmpty();

        queue.renew(jdbc, List.of(mail.id()));

        assertThat(begin(queue, mail, false)).isPresent();
    }

    @Test
    void outcome_of_a_mail_is_noted_once() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1, Map.of(), true).getFirst();

        assertThat(apply(queue, mail, sent("250 taken"))).isTrue();
        assertThat(apply(queue, mail, sent("250 taken"))).isFalse();
        assertThat(apply(queue, mail, ended(Disposition.State.BOUNCED, "no such user")))
                .isFalse();
        assertThat(apply(queue, mail, ended(Disposition.State.FAILED, "given up")))
                .isFalse();
        assertThat(queue.lease(1, Map.of(), true)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Disposition.State.class,
            names = {"FAILED", "BOUNCED", "SUPERSEDED"})
    void only_the_holder_of_the_lease_ends_a_mail_unsent(Disposition.State end) {
        due(NOW);
        MailQueue late = instance(Duration.ZERO);
        WaitingMail mail = late.lease(1, Map.of(), true).getFirst();
        MailQueue holder = instance(Duration.ofMinutes(1));
        holder.lease(1, Map.of(), true);

        assertThat(apply(late, mail, ended(end, "refused"))).isFalse();
        WaitingMail tried = begin(holder, mail, false).orElseThrow();
        assertThat(apply(holder, tried, ended(end, "refused"))).isTrue();
    }

    @Test
    void mail_that_the_server_has_is_sent_whoever_reports_it() {
        due(NOW);
        MailQueue late = instance(Duration.ZERO);
        WaitingMail mail = late.lease(1, Map.of(), true).getFirst();
        instance(Duration.ofMinutes(1)).lease(1, Map.of(), true);

        assertThat(apply(late, mail, sent("250 taken"))).isTrue();
    }

    private MailQueue instance(Duration lease) {
        NotificationServiceSettings settings =
                Settings.with("pace.lease", lease.toMillis() + "ms", "pace.connections-per-domain", "" + perDomain);
        return new MailQueue(jdbc, CLOCK, Ids.timeOrdered(), settings);
    }

    @Test
    void a_single_mail_passes_by_ten_thousand_of_another_kind() {
        burst(10_000);
        UUID single = due("refund-made", "ada@example.org", 0, NOW);
        UUID copy = due("confirmation", "ada@example.org", 1, NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));

        List<UUID> first = new ArrayList<>();
        for (int turn = 0; turn < 4; turn++) {
            first.addAll(ids(queue.lease(1, Map.of(), true)));
        }

        assertThat(first).contains(single, copy);
    }

    @Test
    void fresh_mail_passes_ten_thousand_of_its_kind_that_are_sent_again() {
        burst(10_000);
        jdbc.sql("update mail set requested_by = 'organiser'").update();
        UUID fresh = due("confirmation", "ada@example.org", 0, NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));

        List<UUID> first = new ArrayList<>();
        for (int turn = 0; turn < 2; turn++) {
            first.addAll(ids(queue.lease(1, Map.of(), true)));
        }

        assertThat(first).hasSize(2).contains(fresh);
    }

    @Test
    void a_burst_leaves_oldest_first() {
        UUID last = due("confirmation", "ada@example.org", 0, NOW.minusSeconds(1));
        UUID second = due("confirmation", "ada@example.org", 0, NOW.minusSeconds(2));
        UUID first = due("confirmation", "ada@example.org", 0, NOW.minusSeconds(3));
        MailQueue queue = instance(Duration.ofMinutes(1));

        assertThat(ids(queue.lease(1, Map.of(), true))).containsExactly(first);
        assertThat(ids(queue.lease(1, Map.of(), true))).containsExactly(second);
        assertThat(ids(queue.lease(1, Map.of(), true))).containsExactly(last);
    }

    @Test
    void a_domain_that_is_being_served_lets_others_pass() {
        perDomain = 1;
        for (int i = 0; i < 6; i++) {
            due("confirmation", "ada@Busy.example", 0, NOW.minusSeconds(60));
        }
        UUID other = due("confirmation", "grace@quiet.example", 0, NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));

        // Each domain gets four mails: one for its connection, and three that wait behind it.
        List<WaitingMail> leased = queue.lease(6, Map.of(), true);
        assertThat(leased)
                .extracting(WaitingMail::domain)
                .containsExactlyInAnyOrder(
                        "busy.example", "busy.example", "busy.example", "busy.example", "quiet.example");
        assertThat(ids(leased)).contains(other);
        assertThat(queue.lease(6, Map.of("busy.example", 4), true)).isEmpty();
        assertThat(queue.lease(6, Map.of("busy.example", 3), true)).hasSize(1);
    }

    @Test
    void attempts_and_the_servers_last_reply_are_kept() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1, Map.of(), true).getFirst();
        mail = begin(queue, mail, false).orElseThrow();
        apply(queue, mail, waits(NOW, "451 4.7.1 come again", "451 4.7.1 come again"));
        mail = queue.lease(1, Map.of(), true).getFirst();
        mail = begin(queue, mail, false).orElseThrow();
        apply(queue, mail, waits(NOW, "the mail server does not answer", null));

        assertThat(row()).isEqualTo("waiting 2 the mail server does not answer / 451 4.7.1 come again");
        mail = queue.lease(1, Map.of(), true).getFirst();
        mail = begin(queue, mail, false).orElseThrow();
        apply(queue, mail, sent("250 2.0.0 taken as 7F3"));
        assertThat(row()).isEqualTo("sent 3 - / 250 2.0.0 taken as 7F3");
    }

    @Test
    void counts_and_next_attempt_are_added_to_the_row_by_one_update() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        Instant later = NOW.plusSeconds(15);

        WaitingMail mail = queue.lease(1, Map.of(), true).getFirst();
        assertThat(apply(queue, mail, new Disposition(Disposition.State.WAITING, later, 1, 1, "451", "451", null)))
                .isTrue();

        assertThat(jdbc.sql("""
                        select attempts = 1 and refusals = 1 and next_try_at = ? and state_since = ?
                               and leased_by is null and leased_until is null and subject is null and recipient = ?
                          from mail
                        """)
                        .param(Timestamp.from(later))
                        .param(Timestamp.from(NOW))
                        .param("ada@example.org")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    /** A retried save of an outcome may run after the mail was leased again and is being sent. */
    @Test
    void outcome_holds_for_one_try_alone() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail first =
                begin(queue, queue.lease(1, Map.of(), true).getFirst(), false).orElseThrow();
        assertThat(apply(queue, first, waits(NOW, "451", "451"))).isTrue();
        WaitingMail second =
                begin(queue, queue.lease(1, Map.of(), true).getFirst(), false).orElseThrow();

        assertThat(apply(queue, first, waits(NOW, "451", "451"))).isFalse();
        assertThat(apply(queue, first, ended(Disposition.State.BOUNCED, "550"))).isFalse();
        assertThat(instance(Duration.ofMinutes(1)).lease(1, Map.of(), true)).isEmpty();
        assertThat(second.tries()).isEqualTo(2);
        assertThat(apply(queue, second, sent("250 taken"))).isTrue();
    }

    /** As above, but before the mail is handed over: its lease is lost, so it must not be handed over. */
    @Test
    void mail_put_off_twice_is_not_handed_over_in_between() {
        due(NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail first = queue.lease(1, Map.of(), true).getFirst();
        apply(queue, first, waits(NOW, "newer events have not been read yet", null));
        WaitingMail second = queue.lease(1, Map.of(), true).getFirst();

        apply(queue, first, waits(NOW, "newer events have not been read yet", null));
        assertThat(begin(queue, second, false)).isEmpty();
    }

    @Test
    void try_that_the_insert_has_counted_is_not_counted_again() {
        UUID id = due("confirmation", "ada@example.org", 0, NOW);
        MailQueue queue = instance(Duration.ofMinutes(1));
        WaitingMail mail = queue.lease(1, Map.of(), true).getFirst();
        jdbc.sql("update mail set tries = 1 where id = ?").param(id).update();

        WaitingMail inserted = mail.triedOnceMore();
        assertThat(begin(queue, inserted, true)).contains(inserted);
        assertThat(begin(queue, mail, false)).isEmpty();
        apply(queue, inserted, sent("250 taken"));
        assertThat(row()).isEqualTo("sent 1 - / 250 taken");
    }

    @Test
    void outcomes_and_renewals_of_the_same_mails_never_deadlock() throws Exception {
        for (int i = 0; i < 64; i++) {
            due(NOW);
        }
        MailQueue queue = instance(Duration.ofMinutes(1));
        List<WaitingMail> leased = queue.lease(64, Map.of(), true);
        assertThat(leased).hasSize(64);
        AtomicBoolean ended = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                all.add(threads.submit(() -> repeat(ended, leased, mails -> queue.renew(jdbc, ids(mails)))));
                all.add(threads.submit(() -> repeat(
                        ended,
                        leased,
                        mails -> queue.apply(mails.stream()
                                .map(mail -> new MailQueue.Disposed(mail, waits(NOW, "451", null)))
                                .toList()))));
                all.add(threads.submit(() -> repeat(ended, leased, mails -> leaseAgain(queue, mails))));
            }
            await().pollDelay(DEADLOCKS_FOR)
                    .atMost(DEADLOCKS_FOR.plusMinutes(1))
                    .until(() -> true);
            ended.set(true);
            for (Future<Integer> one : all) {
                assertThat(one.get()).isPositive();
            }
        }
    }

    private void leaseAgain(MailQueue queue, List<WaitingMail> mails) {
        jdbc.sql("""
                with ordered as (select id from mail where id = any(?) order by id for update)
                update mail set leased_by = ? from ordered where mail.id = ordered.id
                """)
                .param(ids(mails).toArray(UUID[]::new))
                .param(queue.leases().instance())
                .update();
    }

    /** Does the work on the mails in random order, once at least and until the end; returns how often. */
    private static int repeat(AtomicBoolean ended, List<WaitingMail> mails, Consumer<List<WaitingMail>> work) {
        List<WaitingMail> shuffled = new ArrayList<>(mails);
        int times = 0;
        do {
            Collections.shuffle(shuffled);
            work.accept(shuffled);
            times++;
        } while (!ended.get());
        return times;
    }

    private static Optional<WaitingMail> begin(MailQueue queue, WaitingMail mail, boolean counted) {
        return queue.begin(new MailQueue.Attempt(mail, counted)).map(MailQueue.Begun::mail);
    }

    private static boolean apply(MailQueue queue, WaitingMail mail, Disposition disposition) {
        return queue.apply(List.of(new MailQueue.Disposed(mail, disposition))).contains(mail.id());
    }

    private static Disposition sent(String answer) {
        return new Disposition(Disposition.State.SENT, null, 0, 0, null, answer, CONTENT);
    }

    private static Disposition ended(Disposition.State state, String reason) {
        return new Disposition(state, null, 0, 0, reason, null, null);
    }

    private static Disposition waits(Instant nextAttemptAt, String reason, @Nullable String answer) {
        return new Disposition(Disposition.State.WAITING, nextAttemptAt, 0, 0, reason, answer, null);
    }

    private String row() {
        return jdbc.sql("select concat(state, ' ', tries, ' ', coalesce(reason, '-'), ' / ', last_answer) from mail")
                .query(String.class)
                .single();
    }

    private static List<UUID> ids(List<WaitingMail> mails) {
        return mails.stream().map(WaitingMail::id).toList();
    }

    private void burst(int mails) {
        UUID registration = UUID.randomUUID();
        jdbc.sql("insert into projection (id) values (?)").param(registration).update();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, about, recipient, due_since, next_try_at, created_at, state_since)
                select gen_random_uuid(), :registration, 'confirmation', n::text, 'ada@example.org', :from, :from, :from, :from
                  from generate_series(1, :mails) as n
                """)
                .param("registration", registration)
                .param("from", Timestamp.from(NOW.minusSeconds(600)))
                .param("mails", mails)
                .update();
    }

    private void due(Instant from) {
        due("confirmation", "ada@example.org", 0, from);
    }

    private UUID due(String kind, String recipient, int copy, Instant from) {
        UUID mail = UUID.randomUUID();
        UUID registration = UUID.randomUUID();
        jdbc.sql("insert into projection (id) values (?)").param(registration).update();
        jdbc.sql("""
                insert into mail (id, registration_id, kind, copy, recipient, due_since, next_try_at, created_at, state_since)
                values (:id, :registration, :kind, :copy, :recipient, :from, :from, :from, :from)
                """)
                .param("id", mail)
                .param("kind", kind)
                .param("copy", copy)
                .param("recipient", recipient)
                .param("registration", registration)
                .param("from", Timestamp.from(from))
                .update();
        return mail;
    }
}
