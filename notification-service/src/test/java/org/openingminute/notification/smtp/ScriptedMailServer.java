package org.openingminute.notification.smtp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A mail server that replies to each command by a script, and accepts mails otherwise. */
public class ScriptedMailServer implements AutoCloseable {

    /** A script's reply that closes the connection without a reply. */
    static final String HANG_UP = "hang up";

    /** A script's suffix that closes the connection after the reply. */
    static final String THEN_HANG_UP = " and hang up";

    /** A script's reply that keeps the connection open without a reply. */
    static final String SILENCE = "silence";

    private static final String END = "\r\n.\r\n";

    final Map<String, String> answers = new ConcurrentHashMap<>();
    final List<String> mails = new CopyOnWriteArrayList<>();
    /** The same mails as raw bytes. */
    final List<byte[]> wire = new CopyOnWriteArrayList<>();

    final List<String> commands = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();

    /** If present, a connection is encrypted after STARTTLS. */
    private final @Nullable SSLContext secrets;

    private final boolean encryptedFromTheStart;

    private final ServerSocket socket;
    private final Thread acceptor;

    public ScriptedMailServer() throws IOException {
        this(null, false);
    }

    /**
     * Starts a server on the port of an earlier one.
     *
     * @param port must be free
     */
    public ScriptedMailServer(int port) throws IOException {
        this(null, false, port);
    }

    ScriptedMailServer(@Nullable SSLContext secrets, boolean encryptedFromTheStart) throws IOException {
        this(secrets, encryptedFromTheStart, 0);
    }

    private ScriptedMailServer(@Nullable SSLContext secrets, boolean encryptedFromTheStart, int port)
            throws IOException {
        this.secrets = secrets;
        this.encryptedFromTheStart = encryptedFromTheStart;
        socket = new ServerSocket(port, 10, InetAddress.getLoopbackAddress());
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    /** Returns every mail that was received completely, in order, whatever the reply was. */
    public final List<String> taken() {
        return mails;
    }

    /** Sets the reply to a command from now on. */
    public final void script(String command, String answer) {
        answers.put(command, answer);
    }

    public final int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> talk(client, encryptedFromTheStart));
            } catch (IOException e) {
                return;
            }
        }
    }

    private Socket encrypted(Socket client) throws IOException {
        SSLSocket encrypted = (SSLSocket) Objects.requireNonNull(secrets, "keys")
                .getSocketFactory()
                .createSocket(client, "127.0.0.1", client.getPort(), true);
        encrypted.setUseClientMode(false);
        encrypted.startHandshake();
        return encrypted;
    }

    private void talk(Socket open, boolean encrypt) {
        talk(open, encrypt, true);
    }

    private void talk(Socket open, boolean encrypt, boolean greet) {
        try (Socket client = encrypt ? encrypted(open) : open) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = client.getOutputStream();
            if (greet) {
                String greeting = answer("CONNECT", "");
                if (greeting.equals(HANG_UP)) {
                    return;
                }
                reply(out, greeting);
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String command = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
                commands.add((client instanceof SSLSocket ? "secret " : "open ") + line);
                if (command.equals("STARTTLS") && secrets != null) {
                    reply(out, "220 go on");
                    talk(client, true, false);
                    return;
                }
                if (command.equals("DATA") && !answers.containsKey("DATA")) {
                    reply(out, "354 go on");
                    mails.add(data(in));
                    command = "END";
                }
                String answer = answer(command, line);
                if (answer.equals(HANG_UP)) {
                    return;
                }
                if (answer.endsWith(THEN_HANG_UP)) {
                    reply(out, answer.substring(0, answer.length() - THEN_HANG_UP.length()));
                    return;
                }
                if (!answer.equals(SILENCE)) {
                    reply(out, answer);
                }
                if (command.equals("QUIT") && !answer.equals(SILENCE)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client has closed the connection.
        }
    }

    /**
     * Returns the reply to a command.
     *
     * @param command in capitals; {@code CONNECT} for a new connection, {@code END} for the dot that ends a mail
     */
    String answer(String command, String line) {
        return answers.getOrDefault(command, command.equals("CONNECT") ? "220 here" : "250 fine");
    }

    /** Reads a mail byte by byte up to the dot that ends it. */
    private String data(BufferedReader in) throws IOException {
        StringBuilder raw = new StringBuilder("\r\n");
        while (raw.length() < END.length() || raw.indexOf(END, raw.length() - END.length()) < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("a mail without an end");
            }
            raw.append((char) octet);
        }
        String mail =
                raw.substring("\r\n".length(), raw.length() - ".\r\n".length()).replace("\r\n..", "\r\n.");
        wire.add(mail.getBytes(StandardCharsets.ISO_8859_1));
        return new String(mail.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    private static void reply(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Releases the port. Waits for the thread in {@code accept}, because the port is taken until that thread has returned. */
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            acceptor.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
