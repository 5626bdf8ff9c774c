package org.openingminute.messaging.outbox;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The binary format of the outbox's rows. The first byte is the encoding: {@link #PLAIN} is followed by the frames of the messages,
 * {@link #COMPRESSED} by the number of bytes of the frames and the frames as an LZ4 block. A frame consists of the topic, the key, the
 * number of headers, the name and value of each, and the body; each part is preceded by its length. Numbers have four bytes, big-endian.
 * For the library's own packages and for tests.
 */
public final class Frames {

    private static final byte PLAIN = 1;
    private static final byte COMPRESSED = 2;
    private static final int COMPRESSED_FROM = 2_048;
    /** The highest compression ratio of an LZ4 block. */
    private static final int MAX_LZ4_RATIO = 255;

    /** Reports a row that this version cannot decode. */
    public static final class UnreadableRow extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        UnreadableRow(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    private Frames() {}

    /** Encodes a message as a frame. */
    public static byte[] frame(String topic, String key, Map<String, String> headers, byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024 + body.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, topic);
            write(out, key);
            out.writeInt(headers.size());
            for (Map.Entry<String, String> header : headers.entrySet()) {
                write(out, header.getKey());
                write(out, header.getValue());
            }
            write(out, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, String part) throws IOException {
        write(out, part.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    /** Encodes frames as a row. */
    public static byte[] pack(List<byte[]> frames) {
        int length = frames.stream().mapToInt(frame -> frame.length).sum();
        ByteBuffer plain = ByteBuffer.allocate(1 + length).put(PLAIN);
        frames.forEach(plain::put);
        return length < COMPRESSED_FROM ? plain.array() : compressed(plain.array());
    }

    private static byte[] compressed(byte[] plain) {
        byte[] block = LZ4Factory.fastestInstance().fastCompressor().compress(plain, 1, plain.length - 1);
        return ByteBuffer.allocate(1 + Integer.BYTES + block.length)
                .put(COMPRESSED)
                .putInt(plain.length - 1)
                .put(block)
                .array();
    }

    /**
     * Decodes the records of a row, in the order in which they were appended.
     *
     * @throws UnreadableRow if another version wrote the row, or it is damaged
     */
    public static List<ProducerRecord<String, byte[]>> unpack(byte[] row) {
        ByteBuffer frames = frames(row);
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        while (frames.hasRemaining()) {
            records.add(record(frames));
        }
        return records;
    }

    private static ByteBuffer frames(byte[] row) {
        if (row.length == 0) {
            throw damaged(null);
        }
        ByteBuffer bytes = ByteBuffer.wrap(row);
        byte version = bytes.get();
        return switch (version) {
            case PLAIN -> bytes;
            case COMPRESSED -> decompressed(bytes);
            default -> throw new UnreadableRow("this service knows no frames of version " + version, null);
        };
    }

    private static ByteBuffer decompressed(ByteBuffer block) {
        ByteBuffer plain = ByteBuffer.allocate(length(block, MAX_LZ4_RATIO));
        try {
            int length = LZ4Factory.fastestInstance()
                    .safeDecompressor()
                    .decompress(block, block.position(), block.remaining(), plain, 0, plain.capacity());
            if (length != plain.capacity()) {
                throw damaged(null);
            }
            return plain;
        } catch (LZ4Exception e) {
            throw damaged(e);
        }
    }

    private static ProducerRecord<String, byte[]> record(ByteBuffer frames) {
        String topic = text(frames);
        String key = text(frames);
        List<Header> headers = new ArrayList<>();
        for (int left = length(frames, 1); left > 0; left--) {
            headers.add(new RecordHeader(text(frames), part(frames)));
        }
        return new ProducerRecord<>(topic, null, key, part(frames), headers);
    }

    private static String text(ByteBuffer frames) {
        return new String(part(frames), StandardCharsets.UTF_8);
    }

    private static byte[] part(ByteBuffer frames) {
        byte[] part = new byte[length(frames, 1)];
        frames.get(part);
        return part;
    }

    /**
     * Reads the length or number of a part. A damaged value must not allocate more memory than the row can justify.
     *
     * @param each the most units that one remaining byte can represent
     */
    private static int length(ByteBuffer frames, int each) {
        if (frames.remaining() < Integer.BYTES) {
            throw damaged(null);
        }
        int length = frames.getInt();
        if (length < 0 || length > (long) each * frames.remaining()) {
            throw damaged(null);
        }
        return length;
    }

    private static UnreadableRow damaged(@Nullable Throwable cause) {
        return new UnreadableRow("its frames are damaged", cause);
    }
}
