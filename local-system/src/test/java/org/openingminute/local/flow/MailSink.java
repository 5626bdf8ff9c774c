package org.openingminute.local.flow;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A mail server that accepts every mail. Per recipient it stores only the time of the first confirmation and their number, so that the cost
 * of a mail does not grow. Thread-safe.
 */
final class MailSink implements AutoCloseable {

    private static final int BACKLOG = 256;
    private static final long MOMENT = 20_000_000;
    /** Part of the English subject of the confirmation. */
    private static final String CONFIRMATION = "you are registered";

    private final ServerSocket socket = new ServerSocket();
    private final Map<String, Confirmed> confirmed = new ConcurrentHashMap<>();

    MailSink(InetSocketAddress at) throws IOException {
        socket.bind(at, BACKLOG);
        Thread.ofPlatform().daemon().name("mail-sink").start(this::accept);
    }

    /**
     * The confirmations to one address.
     *
     * @param at the time of the first one, by this process's clock
     * @param mails the number of confirmations
     */
    record Confirmed(long at, int mails) {}

    int port() {
        return socket.getLocalPort();
    }

    @Nullable
    Confirmed confirmed(String address) {
        return confirmed.get(address);
    }

    private void take(String recipient, String subject) {
        if (subject.contains(CONFIRMATION)) {
            confirmed.merge(
                    recipient,
                    new Confirmed(System.nanoTime(), 1),
                    (before, more) -> new Confirmed(before.at(), before.mails() + more.mails()));
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> talk(client));
            } catch (IOException e) {
                LockSupport.parkNanos(MOMENT);
            }
        }
    }

    private void talk(Socket open) {
        try (Socket client = open) {
            client.setTcpNoDelay(true);
            Lines in = new Lines(client.getInputStream());
            OutputStream out = client.getOutputStream();
            reply(out, "220 sink");
            String recipient = "";
            while (true) {
                String line = in.next();
                String command = line.toUpperCase(Locale.ROOT);
                if (command.startsWith("RCPT TO:")) {
                    recipient = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
                } else if (command.equals("DATA")) {
                    reply(out, "354 go on");
                    take(recipient, in.mail());
                }
                reply(out, "250 fine");
                if (command.equals("QUIT")) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client has disconnected.
        }
    }

    private static void reply(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Reads lines of a connection without creating an object for each line of a mail. */
    private static final class Lines {

        private static final byte[] SUBJECT = "Subject:".getBytes(StandardCharsets.US_ASCII);

        private final InputStream in;
        private final byte[] buffer = new byte[16_384];
        private final byte[] line = new byte[2_048];
        private int at;
        private int end;
        private int length;

        Lines(InputStream in) {
            this.in = in;
        }

        String next() throws IOException {
            read();
            return new String(line, 0, length, StandardCharsets.US_ASCII);
        }

        /** Reads a mail to its end, and returns its subject, including continuation lines. */
        String mail() throws IOException {
            StringBuilder subject = new StringBuilder();
            boolean inSubject = false;
            boolean inHead = true;
            while (true) {
                read();
                if (length == 1 && line[0] == '.') {
                    return subject.toString();
                }
                if (inHead) {
                    inHead = length > 0;
                    inSubject = beginsWith(SUBJECT) || inSubject && length > 0 && line[0] == ' ';
                    if (inSubject) {
                        subject.append(new String(line, 0, length, StandardCharsets.US_ASCII));
                    }
                }
            }
        }

        private boolean beginsWith(byte[] word) {
            for (int i = 0; i < word.length; i++) {
                if (i >= length || line[i] != word[i]) {
                    return false;
                }
            }
            return true;
        }

        /** Truncates a line that is too long for SMTP. */
        private void read() throws IOException {
            length = 0;
            while (true) {
                if (at == end) {
                    at = 0;
                    end = in.read(buffer);
                    if (end < 0) {
                        end = 0;
                        throw new EOFException();
                    }
                }
                byte next = buffer[at++];
                if (next == '\n') {
                    return;
                }
                if (next != '\r' && length < line.length) {
                    line[length++] = next;
                }
            }
        }
    }
}
