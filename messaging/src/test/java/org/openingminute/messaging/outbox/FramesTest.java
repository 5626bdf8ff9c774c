package org.openingminute.messaging.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.messaging.outbox.Frames.UnreadableRow;

/** Proves that unpacking a row returns the messages that were packed. */
class FramesTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2_047, 2_048, 900_000})
    void messages_come_out_as_they_went_in(int length) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("z", "first");
        headers.put("a", "\u00e9\uD83C\uDF9F\0");
        byte[] body = "x".repeat(length).getBytes(UTF_8);

        List<ProducerRecord<String, byte[]>> records = Frames.unpack(Frames.pack(List.of(
                Frames.frame("topic", "key\uD83C\uDF9F", headers, body),
                Frames.frame("other", "key", Map.of(), new byte[0]))));

        assertThat(records).hasSize(2);
        assertThat(records.getFirst().topic()).isEqualTo("topic");
        assertThat(records.getFirst().key()).isEqualTo("key\uD83C\uDF9F");
        assertThat(records.getFirst().value()).isEqualTo(body);
        assertThat(records.getFirst().partition()).isNull();
        assertThat(records.getFirst().headers().toArray())
                .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .containsExactly("z=first", "a=\u00e9\uD83C\uDF9F\0");
        assertThat(records.getLast().topic()).isEqualTo("other");
        assertThat(records.getLast().headers().toArray()).isEmpty();
    }

    /** A new version must still be able to read the rows of an older one, so the byte format must not change. */
    @Test
    void bytes_of_a_row_stay_what_they_are() {
        byte[] row = Frames.pack(List.of(Frames.frame("t", "k", Map.of("h", "v"), "{}".getBytes(UTF_8))));
        assertThat(HexFormat.of().formatHex(row))
                .isEqualTo("01" + "00000001" + "74" + "00000001" + "6b" + "00000001" + "00000001" + "68" + "00000001"
                        + "76" + "00000002" + "7b7d");
    }

    @Test
    void large_rows_are_compressed() {
        List<byte[]> frames = IntStream.range(0, 256)
                .mapToObj(i -> Frames.frame(
                        "topic",
                        "key-" + i,
                        Map.of("ce_type", "x"),
                        "y".repeat(1_000).getBytes(UTF_8)))
                .toList();
        byte[] row = Frames.pack(frames);
        assertThat(row).hasSizeLessThan(30_000);
        assertThat(Frames.unpack(row))
                .hasSize(256)
                .last()
                .satisfies(record -> assertThat(record.key()).isEqualTo("key-255"));
    }

    @Test
    void other_versions_and_damaged_rows_are_refused() {
        byte[] plain = Frames.pack(List.of(Frames.frame("topic", "key", Map.of("a", "b"), new byte[100])));
        byte[] compressed = Frames.pack(List.of(Frames.frame("topic", "key", Map.of("a", "b"), new byte[10_000])));
        byte[] later = plain.clone();
        later[0] = 3;
        assertThatThrownBy(() -> Frames.unpack(later))
                .isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("version 3");
        for (byte[] row : List.of(plain, compressed)) {
            for (int length = 2; length < row.length; length += 7) {
                byte[] cut = Arrays.copyOf(row, length);
                assertThatThrownBy(() -> Frames.unpack(cut)).isInstanceOf(UnreadableRow.class);
            }
        }
        byte[] endless = plain.clone();
        Arrays.fill(endless, 1, 5, (byte) 0xff);
        assertThatThrownBy(() -> Frames.unpack(endless)).isInstanceOf(UnreadableRow.class);
        byte[] lessThanNoHeader = Frames.pack(List.of(Frames.frame("t", "k", Map.of(), new byte[0])));
        Arrays.fill(lessThanNoHeader, 11, 15, (byte) 0xff);
        assertThatThrownBy(() -> Frames.unpack(lessThanNoHeader)).isInstanceOf(UnreadableRow.class);
        assertThatThrownBy(() -> Frames.unpack(new byte[0])).isInstanceOf(UnreadableRow.class);
    }
}
