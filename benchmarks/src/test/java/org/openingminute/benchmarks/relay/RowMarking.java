package org.openingminute.benchmarks.relay;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.MessageJson;
import org.openingminute.messaging.outbox.Frames;
import tools.jackson.core.type.TypeReference;

/** The plain loop: select and lock unsent rows, send them, wait, mark them as sent, commit. */
final class RowMarking implements RelayCandidate {

    /** The pause after a poll that found nothing to send. */
    static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private static final int CHUNK = 10_000;

    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

    private final Library library;
    private final Bodies bodies;
    private final int batch;
    private volatile boolean running;
    private @Nullable Thread thread;

    RowMarking(Library library, Bodies bodies, int batch) {
        this.library = library;
        this.bodies = bodies;
        this.batch = batch;
        library.jdbc().sql("""
                        create table if not exists %1$s (
                            id bigint generated always as identity primary key, topic text not null, message_key text not null,
                            headers text not null, body text not null, sent boolean not null default false);
                        create index if not exists %1$s_unsent on %1$s (id) where not sent
                        """.formatted(table())).update();
    }

    @Override
    public String name() {
        return batch == 1 ? "select, send, mark: one by one" : "select, send, mark: batches of " + batch;
    }

    @Override
    public String topic() {
        return "marked-by-" + batch;
    }

    private String table() {
        return "marked_by_" + batch;
    }

    @Override
    public void fill(int messages) {
        library.jdbc().sql("truncate " + table()).update();
        List<ProducerRecord<String, byte[]>> records =
                library
                        .jdbc()
                        .sql("""
                        select frames
                          from (select position, frames, sum(messages) over (order by position) - messages as before from outbox) as row
                         where before < ? order by position
                        """)
                        .param(messages)
                        .query((row, _) -> Frames.unpack(row.getBytes(1)))
                        .list()
                        .stream()
                        .flatMap(List::stream)
                        .limit(messages)
                        .toList();
        for (int begin = 0; begin < records.size(); begin += CHUNK) {
            insert(records.subList(begin, Math.min(begin + CHUNK, records.size())));
        }
        library.jdbc().sql("vacuum (analyze) " + table()).update();
    }

    private void insert(List<ProducerRecord<String, byte[]>> records) {
        library.jdbc()
                .sql("""
                        insert into %s (topic, message_key, headers, body)
                        select ?, key, headers, body from unnest(?, ?, ?) as message (key, headers, body)
                        """.formatted(table()))
                .param(topic())
                .param(records.stream().map(ProducerRecord::key).toArray(String[]::new))
                .param(records.stream().map(RowMarking::headers).toArray(String[]::new))
                .param(records.stream()
                        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                        .toArray(String[]::new))
                .update();
    }

    private static String headers(ProducerRecord<String, byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return MessageJson.MAPPER.writeValueAsString(headers);
    }

    @Override
    public void commit(long number) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", java.util.UUID.randomUUID().toString());
        headers.put("ce_type", "registration.confirmed.v1");
        headers.put("ce_source", "/benchmark");
        headers.put("ce_time", java.time.Instant.now().toString());
        headers.put("ce_sequence", Long.toString(number));
        headers.put("content-type", "application/json");
        library.transaction()
                .executeWithoutResult(_ -> library.jdbc()
                        .sql("insert into %s (topic, message_key, headers, body) values (?, ?, ?, ?)"
                                .formatted(table()))
                        .param(topic())
                        .param(RelayCandidate.key(number))
                        .param(MessageJson.MAPPER.writeValueAsString(headers))
                        .param(MessageJson.MAPPER.writeValueAsString(bodies.body(number)))
                        .update());
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name(topic()).start(this::run);
    }

    private void run() {
        try (Producer<String, byte[]> producer = library.broker().openProducer();
                Connection connection = library.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement("""
                            select id, topic, message_key, headers, body from %s
                             where not sent order by id limit %d for update skip locked
                            """.formatted(table(), batch));
                    PreparedStatement update = connection.prepareStatement(
                            "update %s set sent = true where id = any(?)".formatted(table()))) {
                while (running) {
                    int sent = sendBatch(select, producer, update);
                    connection.commit();
                    if (sent == 0) {
                        Thread.sleep(LOOK_AGAIN);
                    }
                }
            }
            connection.rollback();
        } catch (SQLException | ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int sendBatch(PreparedStatement select, Producer<String, byte[]> producer, PreparedStatement update)
            throws SQLException, ExecutionException, InterruptedException {
        List<Long> ids = new ArrayList<>();
        List<Future<?>> sent = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
                ProducerRecord<String, byte[]> record =
                        new ProducerRecord<>(rows.getString(2), rows.getString(3), rows.getBytes(5));
                MessageJson.MAPPER
                        .readValue(rows.getString(4), HEADERS)
                        .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
                sent.add(producer.send(record));
            }
        }
        for (Future<?> one : sent) {
            one.get();
        }
        if (!ids.isEmpty()) {
            update.setArray(1, update.getConnection().createArrayOf("bigint", ids.toArray()));
            update.executeUpdate();
        }
        return ids.size();
    }

    @Override
    public void awaitNoted() throws InterruptedException {
        while (library.jdbc()
                .sql("select exists (select from %s where not sent)".formatted(table()))
                .query(Boolean.class)
                .single()) {
            Thread.sleep(50);
        }
    }

    @Override
    public void stop() throws InterruptedException {
        running = false;
        Thread stopping = thread;
        if (stopping != null) {
            stopping.join();
        }
    }

    @Override
    public void close() {
        running = false;
    }
}
