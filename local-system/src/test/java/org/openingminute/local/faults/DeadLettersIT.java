package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves, on the running system, that messages which a service cannot apply are parked, that an operator finds them, and that they are
 * applied once the cause is fixed. An additional database constraint simulates a bug in a service.
 */
@ExtendWith(SystemFixture.class)
@Timeout(300)
@Tag("faults")
@Tag("second")
class DeadLettersIT {

    private static final String CONFERENCE = "mlsys-2026";
    private static final String DEAD_LETTERS = "/api/ops/dead-letters";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Running running;
    private final ApiClient api;
    private final Map<String, String> operator;

    DeadLettersIT(Running running) {
        this.running = running;
        this.api = running.api();
        this.operator = api.signIn("operator");
    }

    @Test
    void poison_is_listed_dry_run_and_replayed_with_audit() throws Exception {
        Registered person = api.register(CONFERENCE, "academic", ApiClient.newAddress("parked"));
        String kind = "kind " + UUID.randomUUID().toString().substring(0, 8);
        String id;
        try (Mistake ignored = mistake("timeline", "detail is distinct from '" + kind + "'")) {
            publish(person, """
                    {"registration": "%s", "note": "Ada Lovelace", "mails": [{"id": "%s", "kind": "%s", "state": "sent",
                     "at": "2026-02-02T17:00:02Z"}]}""".formatted(person.id(), UUID.randomUUID(), kind));
            id = oldestDeadLetter(person);
        }
        assertThat(id).startsWith("registration-service.");
        String timeline = timeline(person);
        Answer opened = api.get(DEAD_LETTERS + "/" + id, operator).has(200);
        opened.assertThatText("/topic").isEqualTo("notification.events.v1");
        opened.assertThatText("/payload/registration").isEqualTo(person.id());
        opened.assertThatText("/payload/note").isEqualTo("•••");
        assertThat(opened.text()).doesNotContain("Lovelace");

        Answer tried = act(id, "/replay?dryRun=true").has(200);
        tried.assertThatText("/replay/outcome").isEqualTo("applied");
        assertThat(tried.json().at("/replay/tables").toString())
                .contains("{\"table\":\"timeline\",\"inserted\":1,\"updated\":0,\"deleted\":0}");
        tried.assertThatText("/state").isEqualTo("open");
        assertThat(timeline(person)).isEqualTo(timeline).doesNotContain(kind);

        act(id, "/replay").has(200).assertThatText("/replay/outcome").isEqualTo("applied");
        assertThat(timeline(person)).contains(kind);
        Answer after = api.get(DEAD_LETTERS + "/" + id, operator).has(200);
        after.assertThatText("/state").isEqualTo("replayed");
        assertThat(after.json()
                        .at("/acts")
                        .valueStream()
                        .map(act -> act.at("/who").asString() + " "
                                + act.at("/what").asString() + " "
                                + act.at("/outcome").asString()))
                .containsExactly("operator dry-run applied", "operator replay applied");
        act(id, "/replay").isProblem(409, "not-allowed-now");

        publish(person, "Ada Lovelace, who is no JSON");
        String other = oldestDeadLetter(person);
        Answer unread = api.get(DEAD_LETTERS + "/" + other, operator).has(200);
        unread.assertThatText("/payload/bytes").isEqualTo("28");
        assertThat(unread.text()).doesNotContain("Lovelace");
        api.post(DEAD_LETTERS + "/" + other + "/discard", "{\"reason\": \"nobody can read it\"}", operator)
                .has(200)
                .assertThatText("/acts/0/why")
                .isEqualTo("nobody can read it");
    }

    @Test
    void a_parked_capture_is_superseded_by_a_later_refund() throws Exception {
        Registered person = api.register(CONFERENCE, "academic", ApiClient.newAddress("superseded"));
        String id;
        try (Mistake ignored = mistake("registration", "id <> '" + person.id() + "' or status <> 'confirmed'")) {
            api.pay(person);
            id = oldestDeadLetter(person);
            Map<String, String> organiser = new HashMap<>(api.signIn("organiser"));
            organiser.put("Idempotency-Key", ApiClient.newKey());
            api.post(
                            "/api/admin/registrations/" + person.id() + "/cancellation",
                            "{\"reason\": \"called off\", \"refund\": \"full\"}",
                            organiser)
                    .has(200);
        }
        // A capture without an answer is reported again; since the registration is cancelled, it is refunded in full.
        await().atMost(SOON)
                .untilAsserted(() -> api.registration(person)
                        .has(200)
                        .assertThatText("/payment/status")
                        .isEqualTo("refunded"));
        Answer before = api.registration(person);
        before.assertThatText("/status").isEqualTo("cancelled");
        assertThat(before.json().at("/payment/refunded"))
                .isEqualTo(before.json().at("/payment/captured"));

        act(id, "/replay?dryrun=true").isProblem(422, "invalid");
        act(id, "/replay?dryRun=true")
                .has(200)
                .assertThatText("/replay/outcome")
                .isEqualTo("superseded");
        act(id, "/replay").has(200).assertThatText("/replay/outcome").isEqualTo("superseded");

        assertThat(api.registration(person).json()).isEqualTo(before.json());
        api.get(DEAD_LETTERS + "/" + id, operator)
                .has(200)
                .assertThatText("/state")
                .isEqualTo("replayed");
    }

    private Answer act(String id, String what) {
        return api.send("POST", DEAD_LETTERS + "/" + id + what, null, operator);
    }

    private String timeline(Registered person) {
        return api.get("/api/registrations/" + person.id() + "/timeline", person.bearer())
                .has(200)
                .text();
    }

    /** The id of the oldest open dead letter of registration-service about a registration. */
    private String oldestDeadLetter(Registered person) {
        return await().atMost(SOON)
                .until(
                        () -> api.get(DEAD_LETTERS + "?state=open&limit=200", operator)
                                .has(200)
                                .json()
                                .at("/items")
                                .valueStream()
                                .filter(deadLetter ->
                                        deadLetter.at("/key").asString().equals(person.id()))
                                .filter(deadLetter ->
                                        deadLetter.at("/service").asString().equals("registration-service"))
                                .map(deadLetter -> deadLetter.at("/id").asString())
                                .toList(),
                        deadLetters -> !deadLetters.isEmpty())
                .getLast();
    }

    /** Publishes an event about a registration's mails, in place of notification-service. */
    private void publish(Registered person, String body) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        running.system().settings().brokers()),
                new StringSerializer(),
                new StringSerializer())) {
            ProducerRecord<String, String> record = new ProducerRecord<>("notification.events.v1", person.id(), body);
            Map.of(
                            "ce_id", UUID.randomUUID().toString(),
                            "ce_type", "mail.sent.v1",
                            "ce_source", "/notification-service",
                            "ce_time", Instant.now().toString(),
                            "ce_specversion", "1.0",
                            "ce_sequence", Long.toString(System.currentTimeMillis()),
                            "content-type", "application/json")
                    .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
            producer.send(record).get();
        }
    }

    /** A simulated bug that lasts until it is closed. */
    private interface Mistake extends AutoCloseable {}

    private Mistake mistake(String table, String mustHold) throws Exception {
        String name = "mistake_" + UUID.randomUUID().toString().replace('-', '_');
        execute("alter table %s add constraint %s check (%s) not valid".formatted(table, name, mustHold));
        return () -> execute("alter table %s drop constraint %s".formatted(table, name));
    }

    private void execute(String sql) throws Exception {
        SystemInside inside = new SystemInside(running.system().settings());
        try (Connection connection = DriverManager.getConnection(
                        inside.databaseUrl("registration"), "postgres", inside.superuserPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
