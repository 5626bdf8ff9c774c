package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.local.DatabaseCopy;
import org.openingminute.local.SystemInside;
import org.openingminute.local.TestSystems;
import org.openingminute.local.faults.BuyingClients.Person;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.MoneyRecords;
import org.openingminute.local.fixture.MoneyRecords.Moved;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/**
 * Proves what a restore keeps and loses: the three databases are copied one after another under load and then restored. The copies agree
 * neither with each other nor with what the card provider and the mail server have done since. All processes are real.
 */
@Timeout(600)
@Tag("standalone")
class BackupIT {

    private static final List<String> SERVICES =
            List.of("notification-service", "payment-service", "registration-service");
    private static final int BETWEEN = 5;
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final int CAPACITY = 10_000;
    private static final int PRICE = 1000;

    private final Running running = Running.start(Map.of("BOOKS_CHECKED_EVERY", "1s"), Running::patient);
    private final SystemInside inside = new SystemInside(running.system().settings());
    private final ApiClient api = running.api();

    @AfterEach
    void stop() throws Exception {
        running.close();
    }

    static Stream<Boolean> topicsAreNew() {
        return "full".equals(System.getProperty("proofs")) ? Stream.of(true, false) : Stream.of(true);
    }

    @ParameterizedTest
    @MethodSource("topicsAreNew")
    void sales_before_the_copy_stay_and_later_money_gets_a_seat_or_refund(boolean topicsAreNew) throws Exception {
        api.putOnSale("copied", CAPACITY, "\"holdMinutes\": 60", PRICE);
        List<DatabaseCopy> copies = new ArrayList<>();
        List<Person> people;
        try (BuyingClients buyers = new BuyingClients(api, "copied")) {
            for (String service : List.of("notification", "payment", "registration")) {
                buyers.awaitMore(BETWEEN);
                if (service.equals("registration")) {
                    await().atMost(SETTLED)
                            .until(() -> statuses().values().stream()
                                            .filter("confirmed"::equals)
                                            .count()
                                    > 3);
                }
                copies.add(DatabaseCopy.of(inside, service));
            }
            buyers.awaitMore(BETWEEN);
            people = buyers.stop();
        }
        long began = System.nanoTime();
        setBack(copies, topicsAreNew);
        Instant setBack = Instant.now();
        Map<String, String> copied = statuses();
        running.system().start("kafka");
        running.start(SERVICES);
        printed("was set back and started again", began);

        List<Person> kept = people.stream()
                .filter(person -> copied.containsKey(person.id()))
                .toList();
        List<Person> lost = people.stream()
                .filter(person -> !copied.containsKey(person.id()))
                .toList();
        assertThat(kept).as("sold before the copy").hasSizeGreaterThan(5);
        assertThat(lost).as("sold after the copy").hasSizeGreaterThan(2);
        await().atMost(SETTLED).ignoreExceptions().until(() -> waiting() == 0 && capturesKnown());
        printed("had republished all and received all money", began);
        giveLostMoneyBack();

        MoneyRecords records = new MoneyRecords(api, inside);
        await().atMost(SETTLED).untilAsserted(() -> {
            Map<String, Moved> provider = records.ofTheSandbox();
            Map<String, String> now = statuses();
            for (Person person : people) {
                long money = provider.getOrDefault(person.id(), Moved.NOTHING).kept();
                assertThat(money)
                        .as("%s was %s, is %s", person, copied.get(person.id()), now.get(person.id()))
                        .isEqualTo("confirmed".equals(now.get(person.id())) ? PRICE : 0);
            }
            assertThat(records.ofTheLedger()).isEqualTo(provider);
        });
        Map<String, String> now = statuses();
        assertThat(kept.stream().filter(person -> "confirmed".equals(copied.get(person.id()))))
                .as("everybody who had a seat has it")
                .isNotEmpty()
                .allMatch(person -> "confirmed".equals(now.get(person.id())));
        checkSeats(now);
        checkMails(kept, lost, now, setBack);
        printed("had no open money, and sent its mails", began);
        kept.stream()
                .filter(person -> "confirmed".equals(now.get(person.id())))
                .limit(5)
                .forEach(this::checkLinks);
        checkTheSaleGoesOn(people);
    }

    private void setBack(List<DatabaseCopy> copies, boolean topicsAreNew) throws Exception {
        running.stop(SERVICES);
        running.system().stop("kafka");
        if (topicsAreNew) {
            FileSystemUtils.deleteRecursively(
                    running.system().settings().dataFolder().resolve("kafka"));
        }
        for (DatabaseCopy copy : copies) {
            copy.restore(inside);
        }
    }

    private static void printed(String what, long began) {
        System.out.printf("restored: after %.1f s it %s%n", (System.nanoTime() - began) / 1e9, what);
    }

    /** Refunds the money of lost registrations with the operator's own statement. */
    private void giveLostMoneyBack() throws SQLException, IOException {
        String giveBack = Files.readString(TestSystems.CHECKOUT.resolve("deploy/compose/databases/lost-money.sql"));
        try (Connection connection = connection("payment");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("create temporary table known (id uuid primary key) on commit drop");
            new CopyManager(connection.unwrap(BaseConnection.class))
                    .copyIn(
                            "copy known from stdin",
                            new StringReader(String.join("\n", statuses().keySet()) + "\n"));
            statement.execute(giveBack);
            connection.commit();
        }
    }

    /** Whether payment-service has every payment of the provider. */
    private boolean capturesKnown() throws SQLException {
        return numbers("payment", """
                select count(*) from sandbox.session s
                 where payment is not null
                   and not exists (select from provider_payment where provider = 'sandbox' and name = s.payment)
                """).getFirst() == 0;
    }

    /** The number of messages in all outboxes that no broker has received. */
    private long waiting() throws SQLException {
        long waiting = 0;
        for (String database : List.of("registration", "payment", "notification")) {
            waiting += numbers(database, """
                    select coalesce(sum(messages), 0) from outbox o, outbox_cursor c
                     where (o.incarnation, o.transaction_id, o.position) > (c.incarnation, c.transaction_id, c.position)
                    """).getFirst();
        }
        return waiting;
    }

    private void checkSeats(Map<String, String> now) throws SQLException {
        long confirmed = now.values().stream().filter("confirmed"::equals).count();
        long held = now.values().stream().filter("pending-payment"::equals).count();
        assertThat(numbers(
                        "registration",
                        "select held, sold from quota where conference = 'copied' and code = 'capacity'"))
                .containsExactly(held, confirmed);
        assertThat(numbers(
                        "registration", "select count(*) - count(distinct document ->> 'reference') from registration"))
                .containsExactly(0L);
    }

    /** Asserts that nobody gets a confirmation without a seat, and that everybody with a seat got one. */
    private void checkMails(List<Person> kept, List<Person> lost, Map<String, String> now, Instant setBack) {
        List<JsonNode> mails = new ArrayList<>();
        await().atMost(SETTLED).untilAsserted(() -> {
            mails.clear();
            api.get("/mailbox/messages").has(200).json().forEach(mails::add);
            assertThat(kept.stream().filter(person -> "confirmed".equals(now.get(person.id()))))
                    .allMatch(person -> confirmations(mails, person, Instant.EPOCH) > 0);
        });
        for (Person person : kept) {
            long again = confirmations(mails, person, setBack);
            assertThat(again)
                    .as("mails to %s", person)
                    .isLessThanOrEqualTo("confirmed".equals(now.get(person.id())) ? 1 : 0);
            assertThat(confirmations(mails, person)
                            .map(mail -> mail.at("/messageId").asString())
                            .distinct())
                    .as("Message-IDs of the mails to %s", person)
                    .hasSizeLessThan(2);
        }
        for (Person person : lost) {
            assertThat(mails.stream().filter(mail -> to(mail, person) && at(mail).isAfter(setBack)))
                    .as("mails to %s after the restore", person)
                    .isEmpty();
        }
        long again = kept.stream()
                .filter(person -> confirmations(mails, person, Instant.EPOCH) > 1)
                .count();
        System.out.printf(
                "restored: %d kept, %d lost, %d were told of their seat twice%n", kept.size(), lost.size(), again);
    }

    private static long confirmations(List<JsonNode> mails, Person person, Instant since) {
        return confirmations(mails, person)
                .filter(mail -> at(mail).isAfter(since))
                .count();
    }

    private static Stream<JsonNode> confirmations(List<JsonNode> mails, Person person) {
        return mails.stream()
                .filter(mail ->
                        to(mail, person) && mail.at("/subject").asString("").contains("registered"));
    }

    private static boolean to(JsonNode mail, Person person) {
        return mail.at("/to").asString("").contains(person.email());
    }

    private static Instant at(JsonNode mail) {
        return Instant.parse(mail.at("/at").asString());
    }

    /** Asserts that links and tickets from before the restore work. */
    private void checkLinks(Person person) {
        Answer registration = api.registration(person.registered()).has(200);
        registration.assertThatText("/status").isEqualTo("confirmed");
        await().atMost(SETTLED)
                .untilAsserted(() -> api.get(
                                registration.at("/links/ticket"),
                                person.registered().bearer())
                        .has(200));
        api.get("/api/payments/" + person.id(), person.registered().bearer())
                .has(200)
                .assertThatText("/status")
                .isEqualTo("captured");
    }

    private void checkTheSaleGoesOn(List<Person> people) {
        Set<String> references = new HashSet<>();
        people.forEach(person -> references.add(person.registered().answer().at("/reference")));
        String email = ApiClient.newAddress("later");
        ApiClient.Registered later = api.register("copied", "guest", email);
        assertThat(references).doesNotContain(later.answer().at("/reference"));
        api.pay(later);
        api.awaitStatus(later, "confirmed", SETTLED);
        await().atMost(SETTLED).until(() -> !api.mailsTo(email).isEmpty());
        Map<String, String> operator = api.signIn("operator");
        // A service that answers slowly is missing from the status.
        await().atMost(SETTLED)
                .untilAsserted(() -> assertThat(api.get("/api/ops/status", operator)
                                .has(200)
                                .json()
                                .findValue("capturesUnanswered"))
                        .hasToString("0"));
    }

    private Map<String, String> statuses() throws SQLException {
        Map<String, String> statuses = new HashMap<>();
        try (Connection connection = connection("registration");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id, status from registration")) {
            while (row.next()) {
                statuses.put(row.getString(1), row.getString(2));
            }
        }
        return statuses;
    }

    private List<Long> numbers(String database, String query) throws SQLException {
        try (Connection connection = connection(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<Long> numbers = new ArrayList<>();
            row.next();
            for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                numbers.add(row.getLong(column));
            }
            return numbers;
        }
    }

    private Connection connection(String database) throws SQLException {
        return DriverManager.getConnection(inside.databaseUrl(database), "postgres", inside.superuserPassword());
    }
}
