package org.openingminute.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.openingminute.kit.testing.FreePort;

/** A stub of a service: gives configured answers and records the requests it receives. */
public final class StubService implements AutoCloseable {

    /** Handles the requests to a path. It may also never answer, or close the connection. */
    @FunctionalInterface
    public interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** A request as received; the names of its headers are case-insensitive. */
    public record Received(String method, String uri, Map<String, List<String>> headers, byte[] body) {

        public String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? "" : String.join(", ", values);
        }
    }

    /** The path that the gateway polls each second in every test. Without a behaviour, requests to it are not recorded. */
    private static final String EACH_SECOND = "/internal/sales";

    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final Map<String, Behaviour> hasty = new ConcurrentHashMap<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final int port = FreePort.draw();
    private volatile HttpServer server;

    public StubService() {
        server = listen();
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** @param path may end with {@code *}, which stands for a last segment without a behaviour of its own */
    public void on(String path, Behaviour behaviour) {
        behaviours.put(path, behaviour);
    }

    public void on(String path, int status, String contentType, String body) {
        on(path, exchange -> send(exchange, status, contentType, body));
    }

    /** Like {@link #on}, but answers before reading the request body. */
    public void beforeTheBody(String path, Behaviour behaviour) {
        hasty.put(path, behaviour);
    }

    public List<Received> received() {
        return received;
    }

    public void forget() {
        synchronized (received) {
            received.clear();
            behaviours.clear();
            hasty.clear();
        }
    }

    /** Refuses connections from now on, like a service that has crashed. */
    public void stop() {
        server.stop(0);
    }

    public void startAgain() {
        server = listen();
    }

    @Override
    public void close() {
        stop();
    }

    public static void send(HttpExchange exchange, int status, String contentType, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private HttpServer listen() {
        try {
            HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            listening.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            listening.createContext("/", this::handle);
            listening.start();
            return listening;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Behaviour early = hasty.get(exchange.getRequestURI().getPath());
            if (early != null) {
                early.answer(exchange);
                return;
            }
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll(exchange.getRequestHeaders());
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            Behaviour behaviour;
            synchronized (received) {
                behaviour = behaviours.get(path);
                if (behaviour != null || !path.equals(EACH_SECOND)) {
                    received.add(new Received(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            headers,
                            body));
                }
            }
            if (behaviour == null && path.equals(EACH_SECOND)) {
                send(exchange, 404, "text/plain", "");
                return;
            }
            String others = path.substring(0, path.lastIndexOf('/') + 1) + "*";
            (behaviour != null ? behaviour : behaviours.getOrDefault(others, StubService::ok)).answer(exchange);
        }
    }

    private static void ok(HttpExchange exchange) throws IOException {
        send(exchange, 200, "text/plain", "ok");
    }
}
