package org.openingminute.messaging.testing;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.openingminute.messaging.outbox.Frames;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads an outbox, including the messages that are already sent. */
public final class Appended {

    private Appended() {}

    /** The messages of a key, in the order in which the relay sends them. */
    public static List<ProducerRecord<String, byte[]>> about(JdbcClient jdbc, String key) {
        return jdbc
                .sql("select frames from outbox order by incarnation, transaction_id, position")
                .query((row, _) -> Frames.unpack(row.getBytes("frames")))
                .list()
                .stream()
                .flatMap(List::stream)
                .filter(message -> message.key().equals(key))
                .toList();
    }

    /** The value of a header as text. */
    public static String header(ProducerRecord<String, byte[]> message, String name) {
        return new String(
                requireNonNull(message.headers().lastHeader(name), name).value(), StandardCharsets.UTF_8);
    }
}
