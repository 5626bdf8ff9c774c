package org.openingminute.notification;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/** A mail server that accepts mails and keeps only their Message-IDs, so that tests can send it 100,000 mails. */
final class CountingMailServer implements AutoCloseable {

    private static final String MESSAGE_ID = "Message-ID: ";

    private final Map<String, List<String>> taken = new TreeMap<>();
    private final ServerSocket socket;
    private final Semaphore turns;
    private int withOneClick;

    /**
     * Starts a server.
     *
     * @param first how many mails it accepts before {@link #acceptAll}; further ones are kept waiting before their first line
     */
    CountingMailServer(int first) throws IOException {
        turns = new Semaphore(first);
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    void acceptAll() {
        turns.release(Integer.MAX_VALUE / 2);
    }

    /** Returns the Message-IDs of all accepted copies, by recipient. */
    synchronized Map<String, List<String>> taken() {
        return new TreeMap<>(taken);
    }

    /** Returns the number of accepted mails with a one-click unsubscribe header. */
    synchronized int withOneClick() {
        return withOneClick;
    }

    private synchronized void take(String recipient, String messageId, boolean oneClick) {
        taken.computeIfAbsent(recipient, _ -> new ArrayList<>(1)).add(messageId);
        withOneClick += oneClick ? 1 : 0;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> talk(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Socket open) {
        try (Socket client = open) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            OutputStream out = client.getOutputStream();
            reply(out, "220 here");
            String recipient = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String command = line.toUpperCase(Locale.ROOT);
                if (command.startsWith("RCPT TO:")) {
                    recipient = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
                }
                if (command.equals("DATA")) {
                    turns.acquireUninterruptibly();
                    reply(out, "354 go on");
                    read(in, recipient);
                }
                reply(out, "250 fine");
                if (command.equals("QUIT")) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client has closed the connection.
        }
    }

    private void read(BufferedReader in, String recipient) throws IOException {
        String messageId = "";
        boolean oneClick = false;
        for (String line = in.readLine(); !".".equals(line); line = in.readLine()) {
            if (line == null) {
                throw new IOException("cut off before the end of the mail");
            }
            if (messageId.isEmpty() && line.startsWith(MESSAGE_ID)) {
                messageId = line.substring(MESSAGE_ID.length());
            }
            oneClick |= line.equals("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
        }
        take(recipient, messageId, oneClick);
    }

    private static void reply(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
