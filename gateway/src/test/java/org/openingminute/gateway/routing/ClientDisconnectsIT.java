package org.openingminute.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.springframework.beans.factory.annotation.Autowired;

/** Proves, over raw connections to a running gateway and a service, that a call to the service ends when its client disconnects. */
@GatewayTest(surroundings = ClientDisconnectsIT.WithWatchedService.class)
class ClientDisconnectsIT {

    private static final int PATIENCE_SECONDS = 60;
    private static final WatchedService SERVICE = new WatchedService();

    /** A service that observes how its connections end. */
    static final class WithWatchedService extends ServiceFixture.Surroundings {

        WithWatchedService() {
            super(
                    "gateway.upstream.notification=" + SERVICE.url(),
                    // Longer than a test waits, so that only the client can end a call in time.
                    "gateway.budgets.notification=5m",
                    "gateway.budgets.request-body=8s");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Test
    void a_call_without_an_answer_ends_with_its_client() throws Exception {
        SERVICE.answers("");
        try (Socket client = asking()) {
            assertThat(SERVICE.next(SERVICE.asked)).isEqualTo("GET /mailbox HTTP/1.1");
            assertThat(SERVICE.ended).isEmpty();
        }
        assertThat(SERVICE.next(SERVICE.ended)).isEqualTo("GET /mailbox HTTP/1.1");
    }

    @Test
    void a_call_that_is_being_answered_ends_with_its_client() throws Exception {
        SERVICE.answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf\n");
        try (Socket client = asking()) {
            BufferedReader answer = reader(client);
            while (!"half".equals(answer.readLine())) {
                // Skips the headers.
            }
            assertThat(SERVICE.next(SERVICE.asked)).isEqualTo("GET /mailbox HTTP/1.1");
            assertThat(SERVICE.ended).isEmpty();
        }
        assertThat(SERVICE.next(SERVICE.ended)).isEqualTo("GET /mailbox HTTP/1.1");
    }

    @Test
    void a_body_that_never_ends_is_limited_beside_an_answer_that_has_begun() throws Exception {
        SERVICE.answers("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: first\n\n");
        try (Socket client = asking("POST", "Content-Length: 10\r\n\r\nhalf")) {
            assertThat(SERVICE.next(SERVICE.asked)).isEqualTo("POST /mailbox HTTP/1.1");
            assertThat(SERVICE.next(SERVICE.ended)).isEqualTo("POST /mailbox HTTP/1.1");
            assertThat(client.isClosed()).isFalse();
        }
    }

    private Socket asking() throws IOException {
        return asking("GET", "\r\n");
    }

    private Socket asking(String method, String rest) throws IOException {
        URI uri = gateway.uri("/mailbox");
        Socket client = new Socket(uri.getHost(), uri.getPort());
        client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        client.getOutputStream()
                .write((method + " /mailbox HTTP/1.1\r\nHost: localhost\r\n" + rest)
                        .getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Gives the configured answer, then waits for the connection to end. It reports both by the request line. */
    private static final class WatchedService {

        private final ServerSocket server;
        private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        private volatile String answer = "";

        WatchedService() {
            try {
                server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread.ofVirtual().start(this::accept);
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        void answers(String text) {
            answer = text;
        }

        String next(BlockingQueue<String> lines) throws InterruptedException {
            return lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void serve(Socket socket) {
            String request = "";
            try (socket) {
                BufferedReader in = reader(socket);
                request = in.readLine();
                while (!in.readLine().isEmpty()) {
                    // Skips the headers.
                }
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                asked.add(request);
                while (in.read() >= 0) {
                    // Waits for the end of the connection.
                }
            } catch (IOException e) {
                // A reset ends the connection as well.
            }
            ended.add(request);
        }
    }
}
