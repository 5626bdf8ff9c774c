package org.openingminute.registration.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.atOnce;
import static org.openingminute.registration.ServiceFixture.captured;
import static org.openingminute.registration.ServiceFixture.newKey;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.openingminute.registration.RegistrationServiceTest;
import org.openingminute.registration.ServiceFixture;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proves that the desk's index follows registrations, mails and payments in any order of events and can be rebuilt at any time. Uses the
 * running service with its database and broker.
 */
@RegistrationServiceTest
@Import(DeskIndexIT.OfItsOwn.class)
class DeskIndexIT {

    /** Gives this class its own database: it compares whole tables, and other tests insert rows that no service writes. */
    static final class OfItsOwn {}

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private DeskIndex index;

    @Autowired
    private DeskBuildJob build;

    @Autowired
    private IndexAge age;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void registration_is_found_and_counted_from_its_hold_to_its_refund() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        awaitFound("STATUS:PENDING-PAYMENT", made);
        assertThat(found(made, "'love':* & 'ada@exam':*")).isTrue();
        assertThat(found(made, "'lovelaceada'")).isTrue();
        assertThat(jdbc.sql("select name_key from desk_attendee where registration = ?")
                        .param(id(made))
                        .query(String.class)
                        .list())
                .containsExactly("lovelace ada");
        assertThat(minutes(slug)).isEqualTo("1 0 0 0 0");

        service.pay(made, 10_000, 1);
        awaitFound("STATUS:CONFIRMED", made);
        assertThat(found(made, "'PAYMENT:CAPTURED' & 'CATEGORY:SEAT' & 'PHASE:ALL' & 'METHOD:CARD'"))
                .isTrue();
        assertThat(minutes(slug)).isEqualTo("1 1 0 10000 0");

        service.post(
                        "/api/registrations/" + made.text("id") + "/cancellation",
                        made.text("accessToken"),
                        newKey(),
                        "{\"refund\": {\"amount\": 9500, \"currency\": \"USD\"}}")
                .expect(200);
        awaitFound("STATUS:CANCELLED", made);
        assertThat(found(made, "'STATUS:CONFIRMED'")).isFalse();
        assertThat(minutes(slug)).isEqualTo("1 1 1 10000 0");
        assertIsAsMadeAnew();
    }

    @Test
    void news_in_any_order_on_any_instance_give_the_same_index() throws Exception {
        String slug = service.putConference(100, 600);
        List<Reply> made = new ArrayList<>();
        List<UUID> ids = Collections.synchronizedList(new ArrayList<>());
        DeskIndex another = new DeskIndex(jdbc, transaction);
        AtomicInteger running = new AtomicInteger(1);
        Thread late = Thread.ofVirtual().start(() -> {
            Random random = new Random(26);
            while (running.get() > 0) {
                List<UUID> some = new ArrayList<>(List.copyOf(ids));
                Collections.shuffle(some, random);
                (random.nextBoolean() ? index : another).refresh(some.subList(0, Math.min(5, some.size())));
            }
        });
        try {
            for (int i = 0; i < 20; i++) {
                Reply one = service.register(slug, i % 4 == 0 ? "free" : "seat").expect(201);
                ids.add(id(one));
                made.add(one);
                if (i % 4 == 1) {
                    service.pay(one, 10_000, 1);
                }
            }
            for (int i = 1; i < 20; i += 4) {
                service.awaitStatus(made.get(i), "confirmed");
            }
            // Also covers concurrent writers of entries that do not exist yet.
            for (int round = 0; round < 5; round++) {
                empty();
                atOnce(4, () -> {
                    another.refresh(ids);
                    return 0;
                });
            }
        } finally {
            running.set(0);
            late.join();
        }
        for (int i = 1; i < 20; i += 4) {
            awaitFound("STATUS:CONFIRMED", made.get(i));
        }
        awaitWhole();
        assertIsAsMadeAnew();
    }

    @Test
    void index_is_built_again_while_people_register_pay_and_cancel() throws Exception {
        String slug = service.putConference(1_000, 600);
        List<Reply> paid = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger registered = new AtomicInteger();
        try (ExecutorService sale = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> all = sale.submit(() -> {
                for (int i = 0; i < 90; i++) {
                    Reply one =
                            service.register(slug, i % 2 == 0 ? "free" : "seat").expect(201);
                    if (i % 4 == 1) {
                        service.pay(one, 10_000, 1);
                        paid.add(one);
                    } else if (i % 4 == 2) {
                        cancel(one);
                    }
                    registered.incrementAndGet();
                }
            });
            await().atMost(SOON).until(() -> registered.get() >= 30 || all.isDone());
            empty();
            build.wake();
            await().atMost(SOON).until(() -> registered.get() >= 60 || all.isDone());
            makeOlder();
            build.wake();
            all.get();
        }
        paid.forEach(one -> service.awaitStatus(one, "confirmed"));
        awaitWhole();

        assertThat(minutes(slug)).isEqualTo(minutesOfRegistrations(slug));
        assertThat(withAnotherStatus(slug)).isZero();
        assertIsAsMadeAnew();
    }

    @Test
    void entries_of_an_older_form_are_made_again() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "free").expect(201);
        awaitFound("STATUS:CONFIRMED", made);
        makeOlder();

        build.wake();

        awaitFound("STATUS:CONFIRMED", made);
        assertThat(minutes(slug)).isEqualTo("1 1 0 0 0");
    }

    @Test
    void index_build_is_resumed_by_any_instance() {
        String slug = service.putConference(1_000, 600);
        for (int i = 0; i < 25; i++) {
            service.register(slug, "free").expect(201);
        }
        awaitWhole();
        // The job, which awaitWhole woke, would build it instead.
        build.stop();
        try {
            String whole = checksum();
            empty();
            index.beginBuild();
            DeskIndex another = new DeskIndex(jdbc, transaction);
            assertThat(index.buildSome(10)).isTrue();
            assertThat(count("desk_registration")).isEqualTo(10);
            assertThat(another.buildSome(10)).isTrue();
            assertThat(count("desk_registration")).isEqualTo(20);
            finishBuild();
            assertThat(checksum()).isEqualTo(whole);
        } finally {
            build.start();
        }
    }

    @Test
    void what_waits_for_an_organiser_is_known() {
        String slug = service.putConference(10, 600);
        Reply made = service.register(slug, "seat").expect(201);
        String id = made.text("id");
        service.pay(made, 10_000, 1);
        awaitFound("STATUS:CONFIRMED", made);
        Instant failed = Instant.parse("2026-02-02T17:02:00Z").minus(ahead());
        mails(id, 1, "failed", failed);
        awaitFound("NEED:MAIL-FAILED", made);
        assertThat(waitsSince(made)).isEqualTo("2026-02-02 17:02:00 2026-02-02 17:02:00");
        mails(id, 2, "sent", failed.plusSeconds(180));
        awaitGone("NEED:MAIL-FAILED", made);
        mails(id, 3, "bounced", failed.plusSeconds(240));
        awaitFound("NEED:MAIL-FAILED", made);

        service.moveTo("2026-02-02T19:00:00Z");
        // The holds of other tests end as well.
        await().atMost(SOON).until(() -> count("registration where status = 'pending-payment'") == 0);
        awaitWhole();
        mails(id, 4, "bounced", failed.plusSeconds(240));
        awaitRead(id, 4);
        assertIsAsMadeAnew();
        assertThat(waitsSince(made))
                .as("reported again after the clock was moved")
                .isEqualTo("2026-02-02 17:06:00 2026-02-02 17:06:00");
        mails(id, 5, "bounced", Instant.parse("2026-02-02T19:01:00Z").minus(ahead()));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(waitsSince(made)).isEqualTo("2026-02-02 19:01:00 2026-02-02 19:01:00"));

        UUID capture = UUID.randomUUID();
        String asked = captured(id, 10_000, 10_000, capture)
                .replace("\"answered\": false", "\"answered\": true")
                .replace("\"disputes\": []", """
                        "disputes": [], "inquiries": [{"id": "019c54f0-e780-70de-825e-5a1d28992a0b", "amount": {"amount": 10000, "currency": "USD"},
                        "openedAt": "2026-02-02T17:03:00Z", "closedAt": null}]""");
        service.publishPayment(id, "payment.inquiry-changed.v1", 2, asked);
        awaitFound("NEED:INQUIRY", made);
        assertThat(due(made, "inquiry")).isEqualTo("infinity");
        String dated =
                asked.replace("\"closedAt\": null", "\"closedAt\": null, \"evidenceDueAt\": \"2026-02-12T23:59:59Z\"");
        service.publishPayment(id, "payment.inquiry-changed.v1", 3, dated);
        awaitDue("2026-02-12 23:59:59", made, "inquiry");
        service.publishPayment(
                id,
                "payment.inquiry-changed.v1",
                4,
                dated.replace("\"closedAt\": null", "\"closedAt\": \"2026-02-02T17:04:00Z\""));
        awaitGone("NEED:INQUIRY", made);

        service.publishPayment(id, "payment.disputed.v1", 5, disputed(id, capture, "null"));
        awaitFound("NEED:DISPUTE", made);
        assertThat(due(made, "dispute")).isEqualTo("infinity");
        service.publishPayment(id, "payment.disputed.v1", 6, disputed(id, capture, "\"2026-02-21T23:59:59Z\""));
        awaitDue("2026-02-21 23:59:59", made, "dispute");
        assertIsAsMadeAnew();
    }

    private static String disputed(String id, UUID capture, String evidenceDueAt) {
        return captured(id, 10_000, 10_000, capture)
                .replace("\"answered\": false", "\"answered\": true")
                .replace("\"disputes\": []", """
                        "disputes": [{"id": "019c54f0-e780-70de-825e-5a1d28992a0c", "amount": {"amount": 10000, "currency": "USD"},
                        "state": "open", "at": "2026-02-02T17:05:00Z", "evidenceDueAt": %s}]""".formatted(evidenceDueAt));
    }

    private void awaitDue(String deadline, Reply registration, String need) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(due(registration, need)).isEqualTo(deadline));
    }

    private String due(Reply registration, String need) {
        return jdbc.sql("""
                select coalesce((needs_due[array_position(needs, ?::text)] at time zone 'UTC')::text, 'none')
                  from desk_registration where id = ?
                """)
                .param(need)
                .param(id(registration))
                .query(String.class)
                .single();
    }

    @Test
    void index_tells_how_old_it_is() {
        String slug = service.putConference(10, 600);
        service.register(slug, "free").expect(201);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(age.asOf())
                        .hasValueSatisfying(asOf ->
                                assertThat(asOf).isAfter(service.businessTime().minusSeconds(5))));
    }

    /**
     * Publishes the state of a registration's mail.
     *
     * @param at by the machine's clock
     */
    private void mails(String registration, long sequence, String state, Instant at) {
        service.publish("notification.events.v1", registration, "mail." + state + ".v1", sequence, """
                {"registration": "%1$s", "mails": [{"id": "%1$s", "kind": "confirmation", "state": "%2$s", "at": "%3$s"}]}""".formatted(
                        registration, state, at));
    }

    private void awaitRead(String registration, long sequence) {
        await().atMost(SOON)
                .until(() -> jdbc.sql(
                                        "select sequence from inbox where topic = 'notification.events.v1' and message_key = ?")
                                .param(registration)
                                .query(Long.class)
                                .single()
                        == sequence);
    }

    /** Returns how far business time is ahead of the machine's clock. */
    private Duration ahead() {
        return Duration.ofMillis(jdbc.sql("select offset_millis from rehearsal_clock")
                .query(Long.class)
                .single());
    }

    /** Returns the start of the first need and of the oldest one. */
    private String waitsSince(Reply registration) {
        return jdbc.sql(
                        "select concat_ws(' ', needs_since[1] at time zone 'UTC', oldest_need at time zone 'UTC') from desk_registration where id = ?")
                .param(id(registration))
                .query(String.class)
                .single();
    }

    private void awaitFound(String word, Reply registration) {
        await().atMost(SOON).until(() -> found(registration, "'" + word + "'"));
    }

    private void awaitGone(String word, Reply registration) {
        await().atMost(SOON).until(() -> !found(registration, "'" + word + "'"));
    }

    /** Waits until the index is complete and its reader has applied every event. */
    private void awaitWhole() {
        Instant now = service.businessTime();
        build.wake();
        await().atMost(SOON)
                .until(() -> isBuilt()
                        && count("desk_registration where version = 0") == 0
                        && age.asOf().filter(at -> at.isAfter(now)).isPresent());
        assertThat(count("desk_registration")).isEqualTo(count("registration"));
    }

    private boolean found(Reply registration, String query) {
        return jdbc.sql("select exists (select from desk_registration where id = ? and words @@ ?::tsquery)")
                .param(id(registration))
                .param(query)
                .query(Boolean.class)
                .single();
    }

    private static UUID id(Reply registration) {
        return UUID.fromString(registration.text("id"));
    }

    private String minutes(String slug) {
        return jdbc.sql("""
                select concat_ws(' ', sum(registered), sum(confirmed), sum(ended), sum(captured), sum(refunded))
                  from sale_minute where conference = ?
                """).param(slug).query(String.class).single();
    }

    /** Returns the same numbers from the registrations, all of which were confirmed before they were cancelled. */
    private String minutesOfRegistrations(String slug) {
        return jdbc.sql("""
                select concat_ws(' ', count(*), count(*) filter (where status in ('confirmed', 'cancelled')),
                                 count(*) filter (where status = 'cancelled'), sum(captured), sum(refunded))
                  from registration where conference = ?
                """).param(slug).query(String.class).single();
    }

    /** Counts registrations of a conference that the index does not find by their current status. */
    private long withAnotherStatus(String slug) {
        return jdbc.sql("""
                select count(*) from registration r
                 where conference = ?
                   and not exists (select from desk_registration d
                                    where d.id = r.id and d.words @@ ('''STATUS:' || upper(r.status) || '''')::tsquery)
                """).param(slug).query(Long.class).single();
    }

    private void cancel(Reply registration) {
        service.post(
                        "/api/registrations/" + registration.text("id") + "/cancellation",
                        registration.text("accessToken"),
                        newKey(),
                        null)
                .expect(200);
    }

    private long count(String table) {
        return jdbc.sql("select count(*) from " + table).query(Long.class).single();
    }

    private void assertIsAsMadeAnew() {
        String before = checksum();
        empty();
        index.beginBuild();
        finishBuild();
        assertThat(checksum()).isEqualTo(before);
    }

    private void finishBuild() {
        await().atMost(SOON).until(() -> {
            index.buildSome(100);
            return isBuilt();
        });
    }

    private boolean isBuilt() {
        return jdbc.sql("select exists (select from desk_build where done_at is not null)")
                .query(Boolean.class)
                .single();
    }

    /** Marks all rows as written by another version. Locks rows in the order in which the index does. */
    private void makeOlder() {
        jdbc.sql("""
                with all_of_them as (select id from desk_registration order by id for no key update)
                update desk_registration d set version = 0, words = ''::tsvector from all_of_them a where a.id = d.id
                """).update();
    }

    private void empty() {
        // Locks tables in the order in which the index does.
        jdbc.sql("truncate desk_build, desk_registration, desk_attendee, sale_minute")
                .update();
    }

    private String checksum() {
        return jdbc.sql("""
                select (select string_agg(d::text, ' ' order by id) from desk_registration d) || ' '
                    || (select md5(string_agg(a::text, ' ' order by id)) from desk_attendee a) || ' '
                    || (select string_agg(s::text, ' ' order by conference, at) from sale_minute s
                         where s.registered <> 0 or confirmed <> 0 or ended <> 0 or captured <> 0 or refunded <> 0)
                """).query(String.class).single();
    }
}
