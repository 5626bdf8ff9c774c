package org.openingminute.messaging.outbox;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
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
 * The bytes of the outbox's rows. The first byte says how a row is written: {@link #PLAIN} is followed by the frames of its
 * messages, {@link #COMPRESSED} by their number of bytes and themselves as an LZ4 block. A frame is the topic, the key, the
 * number of headers, the name and value of each, and the body; each part is preceded by its length. Numbers have four bytes,
 * the highest first. For the library's own packages, and for tests.
 */
public final class Frames {

    private static final byte PLAIN = 1;
    private static final byte COMPRESSED = 2;
    private static final int COMPRESSED_FROM = 2_048;
    private static final int NUMBER = 4;
    /** No LZ4 block has more bytes for each of its own. */
    private static final int MOST_COMPRESSION = 255;

    /** Reports a row that this version cannot read. */
    public static final class UnreadableRow extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        UnreadableRow(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    private Frames() {}

    /** The frame of a message. */
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

    /** The row of some frames. */
    public static byte[] pack(List<byte[]> frames) {
        int length = frames.stream().mapToInt(frame -> frame.length).sum();
        ByteBuffer plain = ByteBuffer.allocate(1 + length).put(PLAIN);
        frames.forEach(plain::put);
        return length < COMPRESSED_FROM ? plain.array() : compressed(plain.array());
    }

    private static byte[] compressed(byte[] plain) {
        byte[] block = LZ4Factory.fastestInstance().fastCompressor().compress(plain, 1, plain.length - 1);
        return ByteBuffer.allocate(1 + NUMBER + block.length)
                .put(COMPRESSED)
                .putInt(plain.length - 1)
                .put(block)
                .array();
    }

    /**
     * The records of a row, in the order in which they were appended.
     *
     * @throws UnreadableRow if another version wrote it, or it is damaged
     */
    public static List<ProducerRecord<String, byte[]>> unpack(byte[] row) {
        try {
            ByteBuffer frames = frames(row);
            List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
            while (frames.hasRemaining()) {
                records.add(record(frames));
            }
            return records;
        } catch (BufferUnderflowException | LZ4Exception | IllegalArgumentException | NegativeArraySizeException e) {
            throw new UnreadableRow("its frames are damaged", e);
        }
    }

    private static ByteBuffer frames(byte[] row) {
        ByteBuffer bytes = ByteBuffer.wrap(row);
        byte version = bytes.get();
        return switch (version) {
            case PLAIN -> bytes;
            case COMPRESSED -> {
                byte[] plain = new byte[length(bytes)];
                int length = LZ4Factory.fastestInstance()
                        .safeDecompressor()
                        .decompress(row, bytes.position(), bytes.remaining(), plain, 0);
                if (length != plain.length) {
                    throw new BufferUnderflowException();
                }
                yield ByteBuffer.wrap(plain);
            }
            default -> throw new UnreadableRow("this service knows no frames of version " + version, null);
        };
    }

    /** A damaged length must not take the memory of many rows. */
    private static int length(ByteBuffer compressed) {
        int length = compressed.getInt();
        if (length > (long) MOST_COMPRESSION * compressed.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }

    private static ProducerRecord<String, byte[]> record(ByteBuffer frames) {
        String topic = text(frames);
        String key = text(frames);
        List<Header> headers = new ArrayList<>();
        for (int left = frames.getInt(); left > 0; left--) {
            headers.add(new RecordHeader(text(frames), part(frames)));
        }
        return new ProducerRecord<>(topic, null, key, part(frames), headers);
    }

    private static String text(ByteBuffer frames) {
        return new String(part(frames), StandardCharsets.UTF_8);
    }

    private static byte[] part(ByteBuffer frames) {
        int length = frames.getInt();
        if (length > frames.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] part = new byte[length];
        frames.get(part);
        return part;
    }
}
