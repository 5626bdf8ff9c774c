package org.openingminute.messaging.outbox;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves, on a real PostgreSQL and a real broker, that a service's report of its backlog arrives although the outbox is held up. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProgressIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final double UNTRIED_FOR = 2.5;

    private final String topic = "progress-" + UUID.randomUUID();
    private final String database = TestInfrastructure.newDatabase("progress");
    private final Writer writer = new Writer(database, "never-made-" + topic);

    @AfterAll
    void end() {
        writer.close();
    }

    @Test
    void report_arrives_while_an_open_transaction_holds_up_the_relay() throws Exception {
        try (WithRelay _ = new WithRelay(database, topic, Reporting.class);
                Connection open = DriverManager.getConnection(database, "postgres", "postgres");
                Statement statement = open.createStatement();
                KafkaConsumer<String, String> reports = reports()) {
            assertThat(nextIn(reports, 0, 0).json().at("/oldestUnsentSeconds").asDouble())
                    .isZero();
            open.setAutoCommit(false);
            statement.execute("select pg_current_xact_id()");
            writer.write("lock", List.of("key"), 1);

            Report late = nextIn(reports, 1, Double.MAX_VALUE);

            assertThat(late.json().at("/oldestUntriedSeconds").asDouble()).isCloseTo(UNTRIED_FOR, within(0.001));
            assertThat(late.key()).isEqualTo("relay");
            assertThat(late.headers())
                    .containsEntry("ce_type", topic)
                    .containsEntry("ce_source", "/relay")
                    .containsEntry("ce_specversion", "1.0")
                    .containsEntry("content-type", "application/json")
                    .containsEntry("ce_sequence", Long.toString(late.asOf().toEpochMilli()))
                    .containsKeys("ce_id", "ce_time");
        }
    }

    @Test
    @Timeout(60)
    void a_record_that_no_broker_takes_is_given_up_after_a_moment() throws Exception {
        try (ProgressPublisher publisher =
                new ProgressPublisher(writer.outbox(), report(topic), "writer", writer.broker())) {
            for (int i = 0; i < 2; i++) {
                publisher.publish(new ProgressReport.Progress(Instant.EPOCH, 0, 0));
                assertThat(publisher.work()).isFalse();
            }
        }
    }

    private record Report(String key, Map<String, String> headers, JsonNode json) {

        Instant asOf() {
            return Instant.parse(json.at("/asOf").asString());
        }

        boolean isUnsentFor(double from, double until) {
            double seconds = json.at("/oldestUnsentSeconds").asDouble();
            return from <= seconds && seconds <= until;
        }
    }

    /** The next report whose oldest message has waited for {@code from} to {@code until} seconds. */
    private static Report nextIn(KafkaConsumer<String, String> reports, double from, double until) {
        return await().atMost(SOON)
                .until(
                        () -> StreamSupport.stream(
                                        reports.poll(Duration.ofMillis(100)).spliterator(), false)
                                .map(ProgressIT::read)
                                .filter(report -> report.isUnsentFor(from, until))
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private static Report read(ConsumerRecord<String, String> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers()
                .forEach(header ->
                        headers.put(header.key(), new String(requireNonNull(header.value()), StandardCharsets.UTF_8)));
        return new Report(record.key(), headers, new JsonMapper().readTree(record.value()));
    }

    private KafkaConsumer<String, String> reports() {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, TestInfrastructure.kafkaBootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, 12)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private static ProgressReport report(String topic) {
        return new ProgressReport(topic, "select :now - :age * interval '1 second'", Map.of("age", UNTRIED_FOR));
    }

    @Configuration(proxyBeanMethods = false)
    static class Reporting {

        @Bean
        ProgressReport progressReport(Environment environment) {
            return report(environment.getRequiredProperty("the.topic"));
        }
    }
}
