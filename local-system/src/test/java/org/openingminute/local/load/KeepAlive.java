package org.openingminute.local.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * A minimal HTTP/1.1 client for one port of this machine with persistent connections, whose cost is small compared with the server under
 * measurement. Thread-safe; its calls block.
 */
public final class KeepAlive implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;

    private final int port;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    public KeepAlive(int port) {
        this.port = port;
    }

    /**
     * A response.
     *
     * @param location the header of that name, or an empty text
     * @param retryAfter the header of that name, or an empty text
     * @param admissionToken the header of that name, or an empty text
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Answer(int status, String location, String retryAfter, String admissionToken, byte[] body) {}

    /**
     * Sends a request and waits for the response.
     *
     * @param head the request line and the headers, each with its line end; host and length are added
     */
    public Answer send(String head, byte @Nullable [] body) throws IOException {
        byte[] bytes = bytes(head, body);
        Connection kept = idle.pollLast();
        if (kept != null) {
            try {
                return answer(kept, bytes);
            } catch (EOFException e) {
                // The server had closed the connection before the request arrived, so it was not processed; an
                // idempotency key makes a repeat safe.
            }
        }
        return answer(new Connection(port), bytes);
    }

    private Answer answer(Connection connection, byte[] request) throws IOException {
        try {
            connection.write(request);
            Answer answer = connection.read();
            idle.addLast(connection);
            return answer;
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    private static byte[] bytes(String head, byte @Nullable [] body) {
        byte[] start = (head + "Host: localhost\r\n" + (body == null ? "" : "Content-Length: " + body.length + "\r\n")
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        if (body == null) {
            return start;
        }
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    @Override
    public void close() {
        Connection connection;
        while ((connection = idle.poll()) != null) {
            connection.close();
        }
    }

    /** One connection with pipelining: requests do not wait for earlier responses. One thread writes and one reads. */
    public static final class Pipeline implements AutoCloseable {

        private final Connection connection;

        public Pipeline(int port) throws IOException {
            connection = new Connection(port);
        }

        /** Sends a request like {@link KeepAlive#send}, without reading the response. */
        public void write(String head, byte @Nullable [] body) throws IOException {
            connection.write(bytes(head, body));
        }

        /** Waits for the next response. */
        public Answer read() throws IOException {
            return connection.read();
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private static final class Connection {

        private final Socket socket = new Socket();
        private final InputStream in;

        Connection(int port) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 4096);
        }

        void write(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
        }

        Answer read() throws IOException {
            String status = line();
            if (status.length() < 12) {
                throw new IOException("not HTTP: " + status);
            }
            int length = 0;
            boolean chunked = false;
            String location = "";
            String retryAfter = "";
            String admissionToken = "";
            String line;
            while (!(line = line()).isEmpty()) {
                int colon = line.indexOf(':');
                String value = line.substring(colon + 1).strip();
                switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                    case "content-length" -> length = Integer.parseInt(value);
                    case "transfer-encoding" -> chunked = true;
                    case "location" -> location = value;
                    case "retry-after" -> retryAfter = value;
                    case "admission-token" -> admissionToken = value;
                    default -> {
                        // Other headers are ignored.
                    }
                }
            }
            byte[] body = chunked ? chunks() : whole(length);
            return new Answer(Integer.parseInt(status.substring(9, 12)), location, retryAfter, admissionToken, body);
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            int size;
            while ((size = Integer.parseInt(line(), 16)) > 0) {
                body.write(whole(size));
                in.skipNBytes(2);
            }
            while (!line().isEmpty()) {
                // Skips trailers.
            }
            return body.toByteArray();
        }

        private byte[] whole(int length) throws IOException {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            return bytes;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder(64);
            int next;
            while ((next = in.read()) != '\n') {
                if (next < 0) {
                    throw new EOFException();
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // The socket is closed already.
            }
        }
    }
}
