package org.openingminute.registration.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import tools.jackson.databind.json.JsonMapper;

/** A Tomcat with the valve and one servlet: what is asked of it goes over connections, byte by byte. */
class LoadSheddingValveTest {

    private static final String SEATS = "/api/conferences/mlsys-2026/registrations";
    private static final int AT_WORK = 2;
    private static final int READS = 4;
    private static final int SLOW = 8;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Socket> open = new ArrayList<>();
    private final TestServlet servlet = new TestServlet();
    private final Tomcat tomcat = new Tomcat();
    private volatile boolean full;
    private volatile boolean knows = true;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        ConnectorThreads threads = new ConnectorThreads();
        tomcat.getConnector().getProtocolHandler().setExecutor(threads);
        LoadSheddingValve.Seats seats = new LoadSheddingValve.Seats() {

            @Override
            public boolean shed() {
                return full;
            }

            @Override
            public boolean knows(String conference) {
                return knows;
            }
        };
        tomcat.getEngine()
                .getPipeline()
                .addValve(new LoadSheddingValve(
                        threads,
                        seats,
                        meters,
                        JsonMapper.builder()
                                .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
                                .build(),
                        new LoadSheddingValve.Limits(AT_WORK, READS, SLOW, Duration.ofMillis(200))));
        Context context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "test", servlet).setAsyncSupported(true);
        context.addServletMappingDecoded("/", "test");
        tomcat.start();
    }

    @AfterEach
    void stop() throws Exception {
        servlet.release.countDown();
        for (Socket socket : open) {
            socket.close();
        }
        tomcat.stop();
        tomcat.destroy();
    }

    @Test
    void refusal_does_not_wait_for_the_body_and_is_always_the_same() throws IOException {
        full = true;
        String withoutBody = ask("POST " + SEATS, "Content-Length: 1000\r\n", "");
        String withBody = ask("POST " + SEATS, "Content-Length: 2\r\n", "{}");

        assertThat(withoutBody).isEqualTo(withBody).isEqualTo("""
                HTTP/1.1 503\r
                Retry-After: 1\r
                Content-Type: application/problem+json\r
                Content-Length: 182\r
                \r
                {"detail":"This cannot be done for a moment. Repeat it with the same key; nothing is lost.",\
                "status":503,"title":"Unavailable for a moment","type":"about:blank","code":"unavailable"}""");
        assertThat(ask("POST /conferences/mlsys-2026/register", "Content-Length: 0\r\n", ""))
                .isEqualTo(withBody);
        assertThat(servlet.served.get()).isZero();
    }

    @Test
    void connection_lives_on_after_a_refusal() throws IOException {
        full = true;
        String ask = "POST " + SEATS + " HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{}";
        Socket socket = send("POST " + SEATS, "Content-Length: 2\r\n", "{}" + ask);
        assertThat(answer(socket)).startsWith("HTTP/1.1 503").isEqualTo(answer(socket));

        Socket slow = send("POST " + SEATS, "Content-Length: 2\r\n", "{");
        assertThat(answer(slow)).startsWith("HTTP/1.1 503");
        full = false;
        slow.getOutputStream().write(("}" + ask).getBytes(StandardCharsets.US_ASCII));
        assertThat(answer(slow)).startsWith("HTTP/1.1 200");

        full = true;
        Socket asksFirst = send("POST " + SEATS, "Content-Length: 2\r\nExpect: 100-continue\r\n", "");
        assertThat(answer(asksFirst)).startsWith("HTTP/1.1 503");
        assertThat(asksFirst.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void other_calls_and_management_pass_while_seats_are_shed() throws IOException {
        full = true;
        for (String call : List.of(
                "POST /api/registrations/0199/cancellation",
                "GET " + SEATS,
                "GET /actuator/health/liveness",
                "GET /internal/status")) {
            assertThat(ask(call, "", "")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void only_what_cannot_block_stays_on_the_connectors_threads() throws IOException {
        assertThat(ask("POST " + SEATS, "Content-Length: 2\r\n", "{}")).endsWith("connector");
        assertThat(ask("GET /api/conferences", "", "")).endsWith("virtual");
        assertThat(ask("POST /conferences/mlsys-2026/register", "Content-Length: 2\r\n", "{}"))
                .endsWith("virtual");
        assertThat(ask("POST " + SEATS, "Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"))
                .endsWith("virtual");
        knows = false;
        assertThat(ask("POST " + SEATS, "Content-Length: 2\r\n", "{}")).endsWith("virtual");
    }

    @Test
    void slow_body_does_not_hold_a_thread_of_the_connector() throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < SLOW; i++) {
            slow.add(send("POST " + SEATS, "Content-Length: 2\r\n", "{"));
        }
        await().until(() -> servlet.inside.get() == SLOW);
        assertThat(ask("POST " + SEATS, "Content-Length: 2\r\n", "{")).startsWith("HTTP/1.1 503");
        assertThat(ask("POST " + SEATS, "Content-Length: 2\r\n", "{}")).endsWith("connector");
        for (Socket socket : slow) {
            socket.getOutputStream().write('}');
            assertThat(answer(socket)).endsWith("virtual");
        }
    }

    @Test
    void many_that_wait_hold_no_threads() throws IOException {
        servlet.answersLater = true;
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 512; i++) {
            waiting.add(send("POST " + SEATS, "Content-Length: 2\r\n", "{}"));
        }
        await().until(() -> servlet.later.size() == 512 && servlet.inside.get() == 0);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - before)
                .isLessThanOrEqualTo(8);
        servlet.later.forEach(AsyncContext::dispatch);
        for (Socket socket : waiting) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 200").endsWith("connector");
        }
    }

    @Test
    void call_that_was_handed_over_may_be_answered_later() throws IOException {
        servlet.answersLater = true;
        Socket socket = send("GET /api/registrations/0199/stream", "", "");
        await().until(() -> servlet.later.size() == 1);
        assertThat(meters.get("http.calls.working").gauge().value()).isZero();
        servlet.later.remove().dispatch();
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
    }

    @Test
    void calls_in_one_packet_are_all_answered() throws IOException {
        Socket socket = send("GET /api/conferences", "", "GET /api/conferences HTTP/1.1\r\nHost: test\r\n\r\n");
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
    }

    @Test
    void reads_beyond_their_limit_are_refused_at_once() throws IOException {
        servlet.blocks = true;
        List<Socket> inside = new ArrayList<>();
        for (int i = 0; i < AT_WORK; i++) {
            inside.add(send("GET /api/conferences", "", ""));
        }
        await().until(() -> servlet.inside.get() == AT_WORK);
        for (int i = AT_WORK; i < READS; i++) {
            send("GET /api/conferences", "", "");
        }
        await().until(() -> meters.get("http.calls.waiting").gauge().value() == READS - AT_WORK);
        assertThat(ask("GET /api/conferences", "", "")).startsWith("HTTP/1.1 503");
        servlet.release.countDown();
        for (Socket socket : inside) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void call_is_refused_when_it_does_not_get_its_turn() throws IOException {
        servlet.blocks = true;
        List<Socket> working = List.of(
                send("GET /api/conferences", "", ""), send("POST /api/registrations/0199/cancellation", "", ""));
        await().until(() -> servlet.inside.get() == AT_WORK);
        assertThat(meters.get("http.calls.working").gauge().value()).isEqualTo(AT_WORK);

        assertThat(ask("GET /api/conferences", "", ""))
                .startsWith("HTTP/1.1 503")
                .contains("Retry-After: 1");
        assertThat(meters.get("http.shed").counter().count()).isEqualTo(1);
        Socket management = send("GET /actuator/health", "", "");
        await().until(() -> servlet.inside.get() == AT_WORK + 1);

        servlet.release.countDown();
        for (Socket socket : working) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        }
        assertThat(answer(management)).startsWith("HTTP/1.1 200");
        assertThat(ask("GET /api/conferences", "", "")).startsWith("HTTP/1.1 200");
        await().until(() -> meters.get("http.calls.working").gauge().value() == 0);
    }

    private static final class TestServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient CountDownLatch release = new CountDownLatch(1);
        private final transient Queue<AsyncContext> later = new ConcurrentLinkedQueue<>();
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger served = new AtomicInteger();
        private volatile boolean answersLater;
        private volatile boolean blocks;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            served.incrementAndGet();
            inside.incrementAndGet();
            try {
                request.getInputStream().readAllBytes();
                if (blocks) {
                    release.await();
                }
                if (answersLater && request.getAttribute("asked") == null) {
                    request.setAttribute("asked", true);
                    later.add(request.startAsync());
                    return;
                }
                byte[] body = (Thread.currentThread().isVirtual() ? "virtual" : "connector")
                        .getBytes(StandardCharsets.US_ASCII);
                response.setContentLength(body.length);
                response.getOutputStream().write(body);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                inside.decrementAndGet();
            }
        }
    }

    private String ask(String call, String headers, String body) throws IOException {
        return answer(send(call, headers, body));
    }

    private Socket send(String call, String headers, String body) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), tomcat.getConnector().getLocalPort());
        open.add(socket);
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write((call + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** An answer with a length, without the date. */
    private static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        int length = 0;
        @Nullable String line;
        do {
            line = line(in);
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring(16));
            }
            if (!line.startsWith("Date: ")) {
                answer.append(line.strip()).append("\r\n");
            }
        } while (!line.isEmpty());
        return answer.append(new String(in.readNBytes(length), StandardCharsets.UTF_8))
                .toString();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next;
        while ((next = in.read()) != '\n') {
            if (next < 0) {
                throw new IOException("the connection was closed after " + line);
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }
}
