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

@GatewayTest(surroundings = ClientDisconnectsIT.WithWatchedService.class)
class ClientDisconnectsIT {

    private static final int PATIENCE_SECONDS = 60;
    private static final WatchedService SERVICE = new WatchedService();

    /** A service that sees its connections end. */
    static final class WithWatchedService extends ServiceFixture.Surroundings {

        WithWatchedService() {
            super("gateway.upstream.notification=" + SERVICE.url());
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
                // The headers.
            }
            assertThat(SERVICE.next(SERVICE.asked)).isEqualTo("GET /mailbox HTTP/1.1");
            assertThat(SERVICE.ended).isEmpty();
        }
        assertThat(SERVICE.next(SERVICE.ended)).isEqualTo("GET /mailbox HTTP/1.1");
    }

    private Socket asking() throws IOException {
        URI uri = gateway.uri("/mailbox");
        Socket client = new Socket(uri.getHost(), uri.getPort());
        client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        client.getOutputStream()
                .write("GET /mailbox HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Answers as told, then waits for the end of the connection; both are told by the request's line. */
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
                    // The headers.
                }
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                asked.add(request);
                while (in.read() >= 0) {
                    // Nothing more comes.
                }
            } catch (IOException e) {
                // Reset, which is an end as well.
            }
            ended.add(request);
        }
    }
}
