package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.local.EarlierVersion;
import org.openingminute.local.EarlierVersion.Instance;
import org.openingminute.local.SystemInside;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.fixture.TopicMessages;
import org.openingminute.local.fixture.TopicMessages.Message;
import org.openingminute.local.fixture.WritesOfUser;
import tools.jackson.databind.JsonNode;

/**
 * Proves the upgrade of a system from an earlier version: it is stopped under load, with mails that no server has accepted and messages
 * that no broker has received, and the present version continues with the same data. All processes are real.
 */
@Timeout(2400)
@Tag("faults")
@Tag("measured")
@EnabledIfSystemProperty(
        named = "proofs",
        matches = "full",
        disabledReason = "builds an earlier version, and takes minutes")
class UpgradedSystemIT {

    /** The last commit with an outbox of one row per message, and without counts of sales. */
    private static final String BEFORE = "bfb8eedbc870f3f2effdfd0da50e6e09f43e1d8f";

    private static final List<String> SERVICES =
            List.of("registration-service", "payment-service", "notification-service");
    private static final List<String> DATABASES = List.of("registration", "payment", "notification");
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String DISPUTED_CARD = "4000000000000259";
    private static final int DUE = 1_000;
    private static final int PART = 400;
    private static final Moved KEPT = new Moved(1, DUE, 0, 0);
    private static final String KEEP = "payment.keep.v1";
    private static final Moved PARTLY_BACK = new Moved(1, DUE, PART, 0);
    private static final Moved ALL_BACK = new Moved(1, DUE, DUE, 0);

    private final String slug = ApiClient.newSlug("upgraded");
    private final String freeSlug = ApiClient.newSlug("upgraded-free");
    /** The registrations that are confirmed at the end, with the amounts at the card provider. */
    private final Map<Registered, Moved> confirmed = new HashMap<>();
    /** The registrations that were cancelled. */
    private final List<Registered> cancelled = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upgrade_finishes_everything_once(boolean killed) throws Exception {
        EarlierVersion before = EarlierVersion.at(BEFORE);
        try (Running running = Running.start(Map.of(), before::in)) {
            ApiClient api = running.api();
            SystemInside inside = new SystemInside(running.system().settings());
            api.putOnSale(slug, 100, "\"holdMinutes\": 120, \"invoiceDays\": 14, " + ApiClient.ALL_GOES_BACK, DUE);
            api.putOnSale(freeSlug, 100, "\"holdMinutes\": 120", 0);

            Registered paid = paid(api);
            confirmed.put(paid, KEPT);
            Registered unpaid = registered(api);
            String unpaidCheckout = api.checkout(unpaid);
            Registered invoiced = api.registerByInvoice(slug, "guest", ApiClient.newAddress("invoiced"));
            api.checkout(invoiced);
            Registered disputed = registered(api);
            String disputedCheckout = api.checkout(disputed);
            api.enterCard(disputedCheckout, DISPUTED_CARD).has(200);
            Registered partlyRefunded = paid(api);
            refund(api, partlyRefunded);
            confirmed.put(partlyRefunded, PARTLY_BACK);
            Registered refunded = paid(api);
            cancel(api, refunded);
            confirmed.put(api.register(freeSlug, "guest", ApiClient.newAddress("free")), Moved.NOTHING);
            awaitPayment(api, disputed, "disputed");
            awaitPayment(api, partlyRefunded, "partly-refunded");
            awaitPayment(api, refunded, "refunded");

            running.system().stop("mail-trap");
            Registered mailed = paid(api);
            confirmed.put(mailed, KEPT);
            Registered unmailed = paid(api);
            confirmed.put(unmailed, KEPT);
            Registered refundOrdered = paid(api);
            confirmed.put(refundOrdered, PARTLY_BACK);
            Registered cancelledLast = paid(api);
            Registered unheard = registered(api);
            String unheardCheckout = api.checkout(unheard);
            confirmed.put(unheard, KEPT);
            await().atMost(SOON)
                    .until(() -> mailsOf(inside, mailed, "waiting") + mailsOf(inside, unmailed, "waiting") == 2);

            running.system().stop("kafka");
            api.enterCard(unheardCheckout, ApiClient.CARD).has(200);
            await().atMost(SOON)
                    .untilAsserted(() -> api.get("/api/payments/" + unheard.id(), unheard.bearer())
                            .assertThatText("/status")
                            .isEqualTo("captured"));
            refund(api, refundOrdered);
            cancel(api, cancelledLast);
            Registered late = registered(api);
            confirmed.put(api.register(freeSlug, "guest", ApiClient.newAddress("late")), Moved.NOTHING);
            try (Connection connection = connection(inside, "notification");
                    Statement others = connection.createStatement()) {
                connection.setAutoCommit(false);
                // Lets one mail be sent while Kafka is down, and holds back the others.
                others.execute("""
                        select from mail where state = 'waiting' and registration_id <> '%s' for update
                        """.formatted(mailed.id()));
                running.system().start("mail-trap");
                await().atMost(SOON).until(() -> mailsOf(inside, mailed, "sent") == 1);
                running.system().stop("mail-trap");
            }
            if (killed) {
                for (String service : SERVICES) {
                    ProcessHandle.of(running.system().pid(service))
                            .orElseThrow()
                            .destroyForcibly();
                }
            }
            running.stop(SERVICES);
            assertThat(mailsOf(inside, unmailed, "waiting")).isEqualTo(1);
            Set<String> written = new HashSet<>();
            for (String database : DATABASES) {
                written.addAll(column(inside, database, "select headers::json ->> 'ce_id' from outbox"));
                assertThat(column(inside, database, """
                                select headers::json ->> 'ce_type' from outbox o join outbox_cursor c using (bucket)
                                 where (o.incarnation, o.transaction_id, o.position)
                                       > (c.incarnation, c.transaction_id, c.position)
                                """))
                        .as("unsent messages of " + database)
                        .isNotEmpty();
            }

            running.restart(settings -> TestSystems.of(TestSystems.CHECKOUT, settings));

            api.awaitStatus(unheard, "confirmed", SOON);
            api.enterCard(unpaidCheckout, ApiClient.CARD).has(200);
            api.pay(late);
            markPaid(api, invoiced);
            String session = disputedCheckout.substring(disputedCheckout.lastIndexOf('/') + 1);
            api.post("/sandbox/payments/" + session + "/dispute-end", "{\"won\": true}", Map.of())
                    .has(200);
            confirmed.put(unpaid, KEPT);
            confirmed.put(late, KEPT);
            confirmed.put(invoiced, Moved.NOTHING);
            confirmed.put(disputed, KEPT);
            awaitSettled(api, inside);
            check(api, inside);
            isDeliveredOnce(running, written);

            WritesOfUser writes = new WritesOfUser(inside, "earlier");
            List<Message> messages = aboutPeople(running);
            Registered beside;
            List<Instance> instances = new ArrayList<>();
            try {
                for (String service : SERVICES) {
                    instances.add(before.startBeside(running.system(), service, "earlier"));
                }
                beside = registered(api);
                for (Instance instance : instances) {
                    boolean failed = instance.fails(SOON);
                    assertThat(writes.committed()).isEmpty();
                    assertThat(failed).as("it ends: " + instance.log()).isTrue();
                    assertThat(Files.readString(instance.log()))
                            .contains("this database is one of a later version of the service");
                }
            } finally {
                for (Instance instance : instances) {
                    instance.close();
                }
            }
            assertThat(aboutPeople(running)).isEqualTo(messages);
            api.pay(beside);
            confirmed.put(beside, KEPT);
            awaitSettled(api, inside);
            check(api, inside);
            isDeliveredOnce(running, written);
        }
    }

    private Registered registered(ApiClient api) {
        return api.register(slug, "guest", ApiClient.newAddress("upgraded"));
    }

    private Registered paid(ApiClient api) {
        Registered registered = registered(api);
        api.pay(registered);
        api.awaitStatus(registered, "confirmed", SOON);
        return registered;
    }

    private static void markPaid(ApiClient api, Registered registered) {
        api.post(
                        "/api/admin/registrations/" + registered.id() + "/mark-paid",
                        """
                        {"reference": "transfer", "amount": {"amount": %d, "currency": "EUR"},
                         "receivedAt": "2026-02-10T12:00:00Z"}""".formatted(DUE),
                        keyed(api.signIn("organiser")))
                .has(200);
    }

    private static void refund(ApiClient api, Registered registered) {
        api.post(
                        "/api/admin/registrations/" + registered.id() + "/refunds",
                        """
                        {"amount": {"amount": %d, "currency": "EUR"}, "reason": "a workshop fell out"}
                        """.formatted(PART),
                        keyed(api.signIn("organiser")))
                .has(202);
    }

    private void cancel(ApiClient api, Registered registered) {
        api.post("/api/registrations/" + registered.id() + "/cancellation", "{}", keyed(registered.bearer()))
                .has(200);
        cancelled.add(registered);
    }

    private static Map<String, String> keyed(Map<String, String> headers) {
        Map<String, String> keyed = new HashMap<>(headers);
        keyed.put("Idempotency-Key", ApiClient.newKey());
        return keyed;
    }

    private static String email(Registered registered) {
        return registered.answer().at("/attendees/0/email");
    }

    private static void awaitPayment(ApiClient api, Registered registered, String status) {
        await().atMost(SOON)
                .untilAsserted(() -> api.registration(registered)
                        .assertThatText("/payment/status")
                        .isEqualTo(status));
    }

    /** Waits until all states are final, no mail is waiting, and every outbox is empty. */
    private void awaitSettled(ApiClient api, SystemInside inside) {
        confirmed.forEach((registered, moved) -> {
            api.awaitStatus(registered, "confirmed", SOON);
            awaitPayment(api, registered, moved.refunded() > 0 ? "partly-refunded" : "captured");
        });
        cancelled.forEach(registered -> awaitPayment(api, registered, "refunded"));
        await().atMost(SOON).until(() -> !isMailWaiting(inside, everyone()));
        confirmed
                .keySet()
                .forEach(registered ->
                        await().atMost(SOON).until(() -> confirmations(api.mailsTo(email(registered))) > 0));
        await().atMost(SOON).until(() -> !isAnythingUnsent(inside));
    }

    private void check(ApiClient api, SystemInside inside) throws SQLException {
        Map<String, Moved> sandbox = new MoneyRecords(api, inside).ofTheSandbox();
        assertThat(new MoneyRecords(api, inside).ofTheLedger()).isEqualTo(sandbox);
        confirmed.forEach((registered, moved) ->
                assertThat(sandbox.getOrDefault(registered.id(), Moved.NOTHING)).isEqualTo(moved));
        cancelled.forEach(registered -> assertThat(sandbox.get(registered.id())).isEqualTo(ALL_BACK));
        for (Registered registered : everyone()) {
            List<JsonNode> mails = api.mailsTo(email(registered));
            assertThat(confirmations(mails)).isLessThanOrEqualTo(1);
            assertThat(mails.stream().map(mail -> mail.at("/subject").asString("")))
                    .doesNotHaveDuplicates();
        }
        long free = confirmed.keySet().stream().filter(this::isFree).count();
        areSeatsSold(api, inside, freeSlug, free);
        areSeatsSold(api, inside, slug, confirmed.size() - free);
    }

    private static void areSeatsSold(ApiClient api, SystemInside inside, String conference, long sold)
            throws SQLException {
        assertThat(column(inside, "registration", """
                        select concat_ws(' ', held, sold) from quota where code = 'capacity' and conference = '%s'
                        """.formatted(conference))).containsExactly("0 " + sold);
        JsonNode statistics = api.get("/api/admin/conferences/" + conference + "/statistics", api.signIn("organiser"))
                .has(200)
                .json();
        assertThat(statistics.at("/confirmed").asLong()).isEqualTo(sold);
    }

    private void isDeliveredOnce(Running running, Set<String> writtenBefore) {
        List<Message> messages = TopicMessages.all(running.system().settings().brokers());
        // Excludes the reports of each second, which bypass the outbox.
        messages.removeIf(message -> message.topic().equals("payment.progress.v1"));
        assertThat(messages.stream().filter(message -> !message.type().equals(KEEP)))
                .doesNotHaveDuplicates();
        // Several events that are applied in one batch may each cause the same command.
        Map<String, Long> events =
                countByKey(messages, message -> message.topic().equals("payment.events.v1"));
        assertThat(countByKey(messages, message -> message.type().equals(KEEP)))
                .allSatisfy((key, keeps) -> assertThat(keeps).isLessThanOrEqualTo(events.getOrDefault(key, 0L)));
        assertThat(messages.stream().map(Message::id)).containsAll(writtenBefore);
        Map<String, List<Long>> sequences = messages.stream()
                .filter(message -> message.sequence() > 0)
                .collect(Collectors.groupingBy(
                        message -> message.topic() + " " + message.key(),
                        Collectors.mapping(Message::sequence, Collectors.toList())));
        assertThat(sequences)
                .allSatisfy((_, ofKey) -> assertThat(ofKey).isSorted().doesNotHaveDuplicates());
        Map<String, Long> confirmations =
                countByKey(messages, message -> message.type().equals("registration.confirmed.v1"));
        assertThat(everyone()).allSatisfy(one -> assertThat(confirmations).containsEntry(one.id(), 1L));
    }

    private static Map<String, Long> countByKey(List<Message> messages, Predicate<Message> counted) {
        return messages.stream().filter(counted).collect(Collectors.groupingBy(Message::key, Collectors.counting()));
    }

    private List<Message> aboutPeople(Running running) {
        Set<String> ids = everyone().stream().map(Registered::id).collect(Collectors.toSet());
        return TopicMessages.all(running.system().settings().brokers()).stream()
                .filter(message -> ids.contains(message.key()))
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .toList();
    }

    private List<Registered> everyone() {
        List<Registered> everyone = new ArrayList<>(confirmed.keySet());
        everyone.addAll(cancelled);
        return everyone;
    }

    private boolean isFree(Registered registered) {
        return registered.answer().json().at("/total/amount").asInt() == 0;
    }

    private static long confirmations(List<JsonNode> mails) {
        return mails.stream()
                .filter(mail -> mail.at("/subject").asString("").contains("registered"))
                .count();
    }

    private static int mailsOf(SystemInside inside, Registered registered, String state) throws SQLException {
        return column(inside, "notification", """
                        select kind from mail where kind = 'confirmation' and state = '%s' and registration_id = '%s'
                        """.formatted(state, registered.id()))
                .size();
    }

    private static boolean isMailWaiting(SystemInside inside, List<Registered> registrations) throws SQLException {
        String ids = registrations.stream().map(Registered::id).collect(Collectors.joining("', '", "'", "'"));
        return !column(inside, "notification", """
                        select 'mail' from mail where state = 'waiting' and registration_id in (%1$s)
                        union all select 'later' from mail_due where registration_id in (%1$s)
                        """.formatted(ids)).isEmpty();
    }

    private static boolean isAnythingUnsent(SystemInside inside) throws SQLException {
        for (String database : DATABASES) {
            if (!column(inside, database, """
                            select 'unsent' from outbox o, outbox_cursor c
                             where (o.incarnation, o.transaction_id, o.position)
                                   > (c.incarnation, c.transaction_id, c.position)
                            """).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static List<String> column(SystemInside inside, String database, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connection(inside, database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static Connection connection(SystemInside inside, String database) throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl(database), "postgres", inside.superuserPassword());
    }
}
