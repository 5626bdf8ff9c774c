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

/** Proves the valve in a real Tomcat with one servlet, by requests written byte by byte to sockets. */
class LoadSheddingValveTest {

    private static final String SEATS = "/api/conferences/mlsys-2026/registrations";
    private static final int FOR_SEATS = 5;
    private static final int READING = 3;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Socket> open = new ArrayList<>();
    private final TestServlet servlet = new TestServlet();
    private final Tomcat tomcat = new Tomcat();

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        JsonMapper mapper = JsonMapper.builder()
                .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
                .build();
        tomcat.getEngine().getPipeline().addValve(new LoadSheddingValve(meters, mapper, FOR_SEATS, READING));
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
    void request_over_the_limit_is_shed_until_another_leaves() throws IOException {
        List<Socket> inside = fill("POST " + SEATS, FOR_SEATS);
        String withBody = ask("POST " + SEATS, "Content-Length: 2\r\n", "{}");
        String withoutBody = ask("POST " + SEATS, "Content-Length: 1000\r\n", "");

        assertThat(withBody).isEqualTo(withoutBody).isEqualTo("""
                HTTP/1.1 503\r
                Retry-After: 1\r
                Content-Type: application/problem+json\r
                Content-Length: 187\r
                Connection: close\r
                \r
                {"detail":"This cannot be done right now. Repeat the request with the same key; nothing is lost.",\
                "status":503,"title":"Temporarily unavailable","type":"about:blank","code":"unavailable"}""");
        assertThat(shed()).isEqualTo(2);
        assertThat(servlet.served.get()).isEqualTo(FOR_SEATS);

        leave(inside);
        assertThat(ask("POST " + SEATS, "", "")).startsWith("HTTP/1.1 200");
        assertThat(shed()).isEqualTo(2);
    }

    @Test
    void only_requests_for_seats_are_shed_at_their_limit() throws IOException {
        fill("POST " + SEATS, FOR_SEATS);
        servlet.blocks = false;
        for (String call : List.of(
                "POST /api/registrations/0199/cancellation",
                "GET /conferences/mlsys-2026/register",
                "GET " + SEATS,
                "POST /internal/faults")) {
            assertThat(ask(call, "", "")).startsWith("HTTP/1.1 200");
        }
        assertThat(ask("POST /conferences/mlsys-2026/register", "", "")).startsWith("HTTP/1.1 503");
    }

    @Test
    void reads_are_limited_too_and_management_is_not() throws IOException {
        List<Socket> inside = fill("GET /api/conferences/mlsys-2026", READING);
        assertThat(ask("GET /api/conferences/mlsys-2026", "", "")).startsWith("HTTP/1.1 503");
        servlet.blocks = false;
        for (String call : List.of("GET /actuator/health/liveness", "GET /internal/status", "POST " + SEATS)) {
            assertThat(ask(call, "", "")).startsWith("HTTP/1.1 200");
        }
        leave(inside);
        assertThat(ask("GET /api/conferences/mlsys-2026", "", "")).startsWith("HTTP/1.1 200");
    }

    @Test
    void failed_request_frees_its_place() throws IOException {
        servlet.fails = true;
        for (int i = 0; i < FOR_SEATS; i++) {
            assertThat(ask("POST " + SEATS, "", "")).startsWith("HTTP/1.1 500");
        }
        servlet.fails = false;
        assertThat(ask("POST " + SEATS, "", "")).startsWith("HTTP/1.1 200");
    }

    @Test
    void answer_that_comes_later_takes_no_place_and_is_never_shed() throws IOException {
        servlet.answersLater = true;
        Socket stream = send("GET /api/registrations/0199/stream", "", "");
        await().atMost(LONG).until(() -> servlet.later.size() == 1 && servlet.inside.get() == 0);
        servlet.answersLater = false;
        fill("GET /api/conferences", READING);
        servlet.blocks = false;

        servlet.later.remove().dispatch();
        assertThat(answer(stream)).startsWith("HTTP/1.1 200");
    }

    /** Sends requests that stay in the servlet. */
    private List<Socket> fill(String call, int requests) throws IOException {
        servlet.blocks = true;
        List<Socket> inside = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            inside.add(send(call, "", ""));
        }
        await().atMost(LONG).until(() -> servlet.inside.get() == requests);
        return inside;
    }

    private void leave(List<Socket> inside) throws IOException {
        servlet.release.countDown();
        for (Socket socket : inside) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        }
    }

    private double shed() {
        return meters.get("admission.refusals")
                .tags("by", "shed", "reason", "unavailable")
                .counter()
                .count();
    }

    private static final class TestServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient CountDownLatch release = new CountDownLatch(1);
        private final transient Queue<AsyncContext> later = new ConcurrentLinkedQueue<>();
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger served = new AtomicInteger();
        private volatile boolean answersLater;
        private volatile boolean blocks;
        private volatile boolean fails;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            served.incrementAndGet();
            inside.incrementAndGet();
            try {
                if (fails) {
                    throw new IllegalStateException("a body that nobody can read");
                }
                if (blocks) {
                    release.await();
                }
                if (answersLater && request.getAttribute("asked") == null) {
                    request.setAttribute("asked", true);
                    later.add(request.startAsync());
                    return;
                }
                response.setContentLength(2);
                response.getOutputStream().write("ok".getBytes(StandardCharsets.US_ASCII));
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
        socket.setSoTimeout(Math.toIntExact(LONG.toMillis()));
        socket.getOutputStream()
                .write((call + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Returns a response with a known length, without its date. */
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
