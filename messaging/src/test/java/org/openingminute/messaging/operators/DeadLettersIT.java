package org.openingminute.messaging.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.CannotBeApplied;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageListener;
import org.openingminute.messaging.operators.DeadLetter.Replay;
import org.openingminute.messaging.operators.DeadLetter.Rows;
import org.openingminute.messaging.operators.DeadLetters.Answer;
import org.openingminute.messaging.outbox.OrderLock;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** What operators do with what a service could not apply. */
@SpringBootTest(
        classes = DeadLettersIT.AService.class,
        properties = {
            "spring.application.name=dead-letters",
            "spring.datasource.url=${DATABASE_URL}",
            "spring.datasource.username=${DATABASE_USER}",
            "spring.datasource.password=${DATABASE_PASSWORD}",
            "spring.kafka.bootstrap-servers=${KAFKA_BOOTSTRAP_SERVERS}",
            "spring.flyway.locations=classpath:db/messaging"
        })
class DeadLettersIT {

    private static final String TOPIC = "parked-things.v1";
    private static final String SAID = "said-things.v1";
    private static final Duration SOON = Duration.ofSeconds(30);

    @Autowired
    private DeadLetters letters;

    @Autowired
    private LetterUpkeep upkeep;

    @Autowired
    private Things things;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Outbox outbox;

    @Autowired
    private OperatorActs acts;

    @Autowired
    private MessagingSetting setting;

    @Autowired
    private TransactionTemplate transaction;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "operators");
    }

    @Test
    void letters_are_listed_newest_first_page_by_page_and_by_state() {
        List<String> parked = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            parked.addFirst(letters.find(park(key(), i)).orElseThrow().letter().id());
        }
        letters.discard(uuid(parked.get(1)), "operator", "it is a copy");

        DeadLetter.Page newest = letters.list(null, 2, null);
        assertThat(newest.items().stream().map(DeadLetter::id)).containsExactly(parked.get(0), parked.get(1));
        assertThat(newest.next()).isEqualTo(parked.get(1));
        DeadLetter.Page rest = letters.list(null, 200, uuid(parked.get(1)));
        assertThat(rest.items().getFirst().id()).isEqualTo(parked.get(2));
        assertThat(rest.next()).isNull();
        assertThat(letters.list("open", 2, null).items().stream().map(DeadLetter::id))
                .containsExactly(parked.get(0), parked.get(2));
        assertThat(letters.list("discarded", 1, null).items().getFirst().id()).isEqualTo(parked.get(1));
    }

    @Test
    void a_list_reads_no_bodies() {
        UUID letter = park(key(), 1);
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            jdbc.sql("create role who_may_read_no_body").update();
            jdbc.sql("""
                    grant select (id, consumer_group, topic, record_partition, record_offset, message_key, headers, reason,
                                  cause, parked_at, state) on parked_message to who_may_read_no_body
                    """).update();
            jdbc.sql("set local role who_may_read_no_body").update();

            assertThat(letters.list(null, 200, null).items())
                    .extracting(item -> uuid(item.id()))
                    .contains(letter);
        });
    }

    @Test
    void a_letter_says_what_went_wrong_and_nothing_of_a_person() {
        String key = key();
        DeadLetter.Whole whole = letters.find(park(key, 7)).orElseThrow();

        DeadLetter letter = whole.letter();
        assertThat(letter.id()).startsWith("dead-letters.");
        assertThat(letter.service()).isEqualTo("dead-letters");
        assertThat(letter.topic()).isEqualTo(TOPIC);
        assertThat(letter.type()).isEqualTo("thing.happened.v1");
        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.reason()).isEqualTo("it is not mended yet");
        assertThat(letter.cause()).isEqualTo("CannotBeApplied");
        assertThat(letter.state()).isEqualTo("open");
        assertThat(whole.headers()).containsEntry("ce_sequence", "7");
        assertThat(String.valueOf(whole.payload())).isEqualTo("{\"id\":\"" + key + "\",\"name\":\"•••\"}");
        assertThat(whole.acts()).isEmpty();
    }

    @Test
    void a_closed_letter_forgets_its_payload_after_thirty_days() {
        UUID open = park(key(), 1);
        UUID closed = park(key(), 1);
        letters.discard(closed, "operator", "it is old");
        String older = "update parked_message set parked_at = parked_at - ? * interval '1 day' where id in (?, ?)";

        jdbc.sql(older).param(29).param(open).param(closed).update();
        upkeep.forget();
        assertThat(letters.find(closed).orElseThrow().payload()).isNotNull();

        jdbc.sql(older).param(2).param(open).param(closed).update();
        upkeep.forget();
        assertThat(letters.find(closed).orElseThrow().payload()).isNull();
        assertThat(letters.find(open).orElseThrow().payload()).isNotNull();
    }

    @Test
    void a_replay_applies_it_once_and_is_noted() {
        String key = key();
        UUID letter = park(key, 1);
        things.mended.add(key);

        Replay replay = done(letters.replay(letter, "operator")).replay();

        assertThat(replay).isEqualTo(new Replay(false, "applied", null, null, null));
        assertThat(rowsOf(key)).isEqualTo(1);
        DeadLetter.Whole now = letters.find(letter).orElseThrow();
        assertThat(now.letter().state()).isEqualTo("replayed");
        assertThat(now.acts()).singleElement().satisfies(act -> {
            assertThat(act.who()).isEqualTo("operator");
            assertThat(act.what()).isEqualTo("replay");
            assertThat(act.outcome()).isEqualTo("applied");
        });
        assertThat(letters.replay(letter, "operator")).isInstanceOf(Answer.NotOpen.class);
        assertThat(letters.dryRun(letter, "operator")).isInstanceOf(Answer.NotOpen.class);
        assertThat(letters.discard(letter, "operator", "why")).isInstanceOf(Answer.NotOpen.class);
    }

    @Test
    void a_replay_that_nobody_sees_the_end_of_is_noted_all_the_same() {
        String key = key();
        UUID letter = park(key, 1);
        things.mended.add(key);
        things.deadly.add(key);

        assertThatThrownBy(() -> letters.replay(letter, "operator")).isInstanceOf(OutOfMemoryError.class);

        assertThat(rowsOf(key)).isEqualTo(1);
        assertThat(letters.find(letter).orElseThrow().acts()).singleElement().satisfies(act -> {
            assertThat(act.who()).isEqualTo("operator");
            assertThat(act.what()).isEqualTo("replay");
            assertThat(act.outcome()).isEqualTo("begun");
        });
    }

    @Test
    void that_all_is_relayed_again_is_noted_before_it_is() {
        OperatorController controller = new OperatorController(new Failing(), letters, outbox, acts, setting);
        byte[] body = "{\"since\": \"2026-02-02T09:00:00Z\"}".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> controller.relayAgain(body, new MockHttpServletRequest()))
                .isInstanceOf(IllegalStateException.class);

        assertThat(jdbc.sql(
                                "select who || ' ' || outcome || ' ' || detail from operator_act where what = 'relay-again'")
                        .query(String.class)
                        .list())
                .containsExactly("failing begun since 2026-02-02T09:00:00Z");
    }

    /** What is said before does not come to an end. */
    private static final class Failing implements OperatorDoor {

        @Override
        public String operator(HttpServletRequest request) {
            return "failing";
        }

        @Override
        public RuntimeException refusal(Refusal refusal) {
            return new IllegalArgumentException(refusal.toString());
        }

        @Override
        public void beforeRelayingAgain() {
            throw new IllegalStateException("it cannot be said");
        }
    }

    @Test
    void one_that_fails_again_stays_open() {
        UUID letter = park(key(), 1);

        Replay replay = done(letters.replay(letter, "operator")).replay();

        assertThat(replay.outcome()).isEqualTo("failed");
        assertThat(replay.reason()).isEqualTo("it is not mended yet (CannotBeApplied)");
        DeadLetter.Whole now = letters.find(letter).orElseThrow();
        assertThat(now.letter().state()).isEqualTo("open");
        assertThat(now.acts()).singleElement().satisfies(act -> {
            assertThat(act.outcome()).isEqualTo("failed");
            assertThat(act.detail()).contains("not mended");
        });
        assertThat(done(letters.replay(letter, "operator")).replay().outcome())
                .as("the claim of the first one has ended")
                .isEqualTo("failed");
    }

    @Test
    void one_whose_successors_went_on_is_superseded_and_does_nothing() {
        String key = key();
        UUID letter = park(key, 1);
        things.mended.add(key);
        send(key, 2);
        await().atMost(SOON).until(() -> rowsOf(key) == 1);

        Replay dry = done(letters.dryRun(letter, "operator")).replay();
        Replay replay = done(letters.replay(letter, "operator")).replay();

        assertThat(dry).isEqualTo(new Replay(true, "superseded", null, List.of(), List.of()));
        assertThat(replay.outcome()).isEqualTo("superseded");
        assertThat(rowsOf(key)).isEqualTo(1);
        assertThat(letters.find(letter).orElseThrow().letter().state()).isEqualTo("replayed");
    }

    @Test
    void one_whose_successor_comes_while_it_is_replayed_is_superseded_too() throws Exception {
        String key = key();
        UUID letter = park(key, 1);
        things.mended.add(key);
        CountDownLatch goOn = new CountDownLatch(1);
        things.waitFor.put(key, goOn);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer<DeadLetter.Replayed>> replay = threads.submit(() -> letters.replay(letter, "operator"));
            await().atMost(SOON).until(() -> things.asked.getOrDefault(key, 0) == 2);
            jdbc.sql("insert into inbox (topic, message_key, sequence) values (?, ?, 2)")
                    .param(TOPIC)
                    .param(key)
                    .update();
            goOn.countDown();
            assertThat(done(replay.get()).replay().outcome()).isEqualTo("superseded");
        }
        assertThat(rowsOf(key)).isZero();
    }

    @Test
    void a_dry_run_tells_what_would_be_written_and_said_and_does_none_of_it() {
        String key = key();
        UUID letter = park(key, 1);
        Map<String, Long> before = everything();
        Replay failed = done(letters.dryRun(letter, "operator")).replay();
        things.mended.add(key);

        Replay replay = done(letters.dryRun(letter, "operator")).replay();

        assertThat(failed.outcome()).isEqualTo("failed");
        assertThat(replay.outcome()).isEqualTo("applied");
        assertThat(replay.tables())
                .containsExactly(new Rows("inbox", 1, 0, 0), new Rows("outbox", 1, 0, 0), new Rows("thing", 2, 1, 1));
        assertThat(replay.messages()).singleElement().satisfies(said -> {
            assertThat(said.topic()).isEqualTo(SAID);
            assertThat(said.type()).isEqualTo("thing.done.v1");
            assertThat(said.key()).isEqualTo(key);
            assertThat(String.valueOf(said.body())).isEqualTo("{\"id\":\"" + key + "\",\"by\":\"•••\"}");
        });
        assertThat(everything()).isEqualTo(before);
        DeadLetter.Whole now = letters.find(letter).orElseThrow();
        assertThat(now.letter().state()).isEqualTo("open");
        assertThat(now.acts().stream().map(act -> act.what() + " " + act.outcome()))
                .containsExactly("dry-run failed", "dry-run applied");
    }

    @Test
    void two_replays_at_once_do_it_once() throws Exception {
        String key = key();
        UUID letter = park(key, 1);
        things.mended.add(key);
        CountDownLatch goOn = new CountDownLatch(1);
        things.waitFor.put(key, goOn);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer<DeadLetter.Replayed>> first = threads.submit(() -> letters.replay(letter, "one"));
            await().atMost(SOON).until(() -> things.asked.getOrDefault(key, 0) == 2);
            assertThat(letters.replay(letter, "two")).isInstanceOf(Answer.NotOpen.class);
            assertThat(letters.discard(letter, "two", "why")).isInstanceOf(Answer.NotOpen.class);
            goOn.countDown();
            assertThat(done(first.get()).replay().outcome()).isEqualTo("applied");
        }
        assertThat(things.asked.get(key)).as("by the poll and by one replay").isEqualTo(2);
        assertThat(rowsOf(key)).isEqualTo(1);
    }

    @Test
    void a_claim_of_an_instance_that_died_ends_by_itself() {
        String key = key();
        UUID letter = park(key, 1);
        things.mended.add(key);
        jdbc.sql("update parked_message set claimed_until = clock_timestamp() - interval '1 second' where id = ?")
                .param(letter)
                .update();

        assertThat(done(letters.replay(letter, "operator")).replay().outcome()).isEqualTo("applied");
    }

    @Test
    void a_discarded_letter_keeps_who_and_why() {
        UUID letter = park(key(), 1);

        assertThat(letters.discard(letter, "operator", "sent by mistake")).isInstanceOf(Answer.Done.class);

        DeadLetter.Whole now = letters.find(letter).orElseThrow();
        assertThat(now.letter().state()).isEqualTo("discarded");
        assertThat(now.acts()).singleElement().satisfies(act -> {
            assertThat(act.who()).isEqualTo("operator");
            assertThat(act.why()).isEqualTo("sent by mistake");
        });
    }

    @Test
    void what_is_not_there_is_unknown() {
        UUID nobody = UUID.randomUUID();
        assertThat(letters.find(nobody)).isEmpty();
        assertThat(letters.replay(nobody, "operator")).isInstanceOf(Answer.Unknown.class);
        assertThat(letters.dryRun(nobody, "operator")).isInstanceOf(Answer.Unknown.class);
        assertThat(letters.discard(nobody, "operator", "why")).isInstanceOf(Answer.Unknown.class);
    }

    @SuppressWarnings("unchecked")
    private static DeadLetter.Replayed done(Answer<DeadLetter.Replayed> answer) {
        assertThat(answer).isInstanceOf(Answer.Done.class);
        return ((Answer.Done<DeadLetter.Replayed>) answer).now();
    }

    /** Rows of every table that a dry run must leave alone. */
    private Map<String, Long> everything() {
        Map<String, Long> rows = new ConcurrentHashMap<>();
        for (String table : List.of("thing", "inbox", "outbox", "command_done", "parked_message")) {
            rows.put(
                    table,
                    jdbc.sql("select count(*) from " + table).query(Long.class).single());
        }
        return rows;
    }

    private long rowsOf(String key) {
        return jdbc.sql("select count(*) from thing where key = ? and n = 1")
                .param(key)
                .query(Long.class)
                .single();
    }

    private UUID park(String key, long sequence) {
        send(key, sequence);
        await().atMost(SOON)
                .until(() -> jdbc.sql("select count(*) from parked_message where message_key = ?")
                                .param(key)
                                .query(Long.class)
                                .single()
                        == 1);
        return jdbc.sql("select id from parked_message where message_key = ?")
                .param(key)
                .query(UUID.class)
                .single();
    }

    private static void send(String key, long sequence) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            ProducerRecord<String, String> record =
                    new ProducerRecord<>(TOPIC, key, "{\"id\": \"" + key + "\", \"name\": \"Ada Lovelace\"}");
            Map.of(
                            "ce_id", UUID.randomUUID().toString(),
                            "ce_type", "thing.happened.v1",
                            "ce_source", "/test",
                            "ce_time", "2026-02-02T17:00:00Z",
                            "ce_sequence", Long.toString(sequence))
                    .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
            producer.send(record);
        }
    }

    private static UUID uuid(String id) {
        return UUID.fromString(id.substring(id.indexOf('.') + 1));
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    /** Cannot apply a message until it was mended for its key. Then it writes to its table, and says so. */
    static final class Things implements MessageListener {

        private final Set<String> mended = ConcurrentHashMap.newKeySet();
        private final Set<String> deadly = ConcurrentHashMap.newKeySet();
        private final Map<String, CountDownLatch> waitFor = new ConcurrentHashMap<>();
        private final Map<String, Integer> asked = new ConcurrentHashMap<>();
        private final JdbcClient jdbc;
        private final Inbox inbox;
        private final OrderLocks locks;
        private final Outbox outbox;
        private final TransactionTemplate transaction;

        Things(JdbcClient jdbc, Inbox inbox, OrderLocks locks, Outbox outbox, TransactionTemplate transaction) {
            this.jdbc = jdbc;
            this.inbox = inbox;
            this.locks = locks;
            this.outbox = outbox;
            this.transaction = transaction;
            jdbc.sql("create table thing (key text not null, n integer not null)")
                    .update();
        }

        @Override
        public String topic() {
            return TOPIC;
        }

        @Override
        public Set<String> types() {
            return Set.of("thing.happened.v1");
        }

        @Override
        public Unknown unknownTypes() {
            return Unknown.SKIP;
        }

        @Override
        public void on(Message message) {
            String key = message.key();
            asked.merge(key, 1, Integer::sum);
            if (!mended.contains(key)) {
                throw new CannotBeApplied("it is not mended yet");
            }
            awaitTurn(key);
            transaction.executeWithoutResult(status -> {
                OrderLock lock = locks.takeFor(key);
                if (!inbox.advances(message)) {
                    return;
                }
                jdbc.sql("insert into thing values (?, 0), (?, 0)")
                        .param(key)
                        .param(key)
                        .update();
                jdbc.sql("update thing set n = 1 where ctid = (select min(ctid) from thing where key = ?)")
                        .param(key)
                        .update();
                jdbc.sql("delete from thing where key = ? and n = 0").param(key).update();
                outbox.append(lock, new OutgoingMessage(SAID, key, "thing.done.v1", 1, new Done(key, "Ada")));
            });
            if (deadly.contains(key)) {
                throw new OutOfMemoryError("for a test");
            }
        }

        record Done(String id, String by) {}

        private void awaitTurn(String key) {
            CountDownLatch latch = waitFor.get(key);
            try {
                if (latch != null && !latch.await(20, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("nobody let it go on");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class AService {

        @Bean
        PayloadMask mask() {
            return new PayloadMask(Set.of("id"));
        }

        @Bean
        Things things(JdbcClient jdbc, Inbox inbox, OrderLocks locks, Outbox outbox, TransactionTemplate transaction) {
            return new Things(jdbc, inbox, locks, outbox, transaction);
        }

        @Bean
        NewTopic parkedThings() {
            return TopicBuilder.name(TOPIC).partitions(3).replicas(1).build();
        }

        @Bean
        NewTopic saidThings() {
            return TopicBuilder.name(SAID).partitions(3).replicas(1).build();
        }
    }
}
