package org.openingminute.local.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.load.KeepAlive;
import org.openingminute.local.load.KeepAlive.Answer;

/**
 * Proves how the entrance, configured as in Compose, routes, bounds and refuses requests. It is a real nginx; other nginx servers play the
 * gateways.
 */
@EnabledIf("thereAreImages")
@Timeout(300)
@Tag("standalone")
@Order(1) // It mostly waits, so other tests start their services meanwhile.
class EntranceAloneIT {

    private static final String IMAGE = "nginx:1";
    private static final String PROJECT = "entrance-" + ApiClient.newKey().substring(0, 8);
    private static final Duration SOON = Duration.ofSeconds(90);
    /** Longer than a slow machine takes, and shorter than the minute that nginx gives a client by default. */
    private static final int PATIENCE_MILLIS = 50_000;

    private static final int BOUND = 3;

    /** Answers with its name, the number of the connection, and the client address that it was given. */
    private static final String GATEWAY = """
            cat >/tmp/nginx.conf <<'END'
            pid /tmp/nginx.pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                server {
                    listen 8080;
                    location / { return 200 "$hostname $connection $http_x_forwarded_for"; }
                    location ~ "^/slow$|/stream$" { limit_rate 1; return 200 "for minutes"; }
                }
                server {
                    listen 8081;
                    location = /actuator/health/readiness {
                        if (-e /tmp/stops) { return 503; }
                        return 200;
                    }
                }
            }
            END
            exec nginx -c /tmp/nginx.conf -g 'daemon off;'
            """;

    /** Takes the client's address from a header, as if it came from there or from a CDN, and forwards it, as an operator's proxy does. */
    private static final String PROXY = """
            cat >/tmp/nginx.conf <<'END'
            pid /tmp/nginx.pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                %s
                %s
                server {
                    listen 8080;
                    %s
                    location / { proxy_pass http://%s:8080; }
                }
            }
            END
            exec nginx -c /tmp/nginx.conf -g 'daemon off;'
            """;

    private static int port;
    private static int unbounded;

    static boolean thereAreImages() {
        try {
            Containers.docker("image", "inspect", IMAGE);
            return true;
        } catch (IllegalStateException e) {
            return System.getenv("REQUIRE_DOCKER") != null;
        }
    }

    @BeforeAll
    static void start() {
        Containers.docker("network", "create", PROJECT);
        startGateway("one");
        port = startEntrance("entrance", "LIMITS=on");
        unbounded = startEntrance("rehearsal", "APP_MODE=rehearsal");
        awaitGateways("one");
    }

    @AfterAll
    static void end() {
        Containers.docker("ps", "--all", "--quiet", "--filter", "network=" + PROJECT)
                .lines()
                .forEach(one -> Containers.docker("rm", "--force", one));
        Containers.docker("network", "rm", PROJECT);
    }

    private static void startGateway(String name) {
        run(name, "--hostname", name, "--network-alias", "gateway", "--entrypoint", "sh", IMAGE, "-c", GATEWAY);
    }

    private static void stopGateway(String name) {
        Containers.docker("rm", "--force", PROJECT + "-" + name);
    }

    /** Starts an entrance and returns its port on this machine. */
    private static int startEntrance(String name, String surroundings, String... more) {
        Path files = Path.of("..", "deploy", "compose").toAbsolutePath().normalize();
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(List.of(
                "--read-only",
                "--tmpfs",
                "/tmp:size=64m",
                "--cap-drop",
                "ALL",
                "--user",
                "10001:10001",
                "--publish",
                "127.0.0.1::8080",
                "--env",
                surroundings,
                "--env",
                "ENTRANCE_CONNECTIONS=" + BOUND,
                "--volume",
                files.resolve("nginx.conf") + ":/etc/entrance/nginx.conf:ro",
                "--volume",
                files.resolve("entrance") + ":/etc/entrance/start:ro",
                IMAGE,
                "/etc/entrance/start"));
        run(name, options.toArray(String[]::new));
        return portOf(name);
    }

    private static int portOf(String name) {
        String published = Containers.docker("port", PROJECT + "-" + name, "8080");
        return Integer.parseInt(published.lines().findFirst().orElseThrow().replaceFirst(".*:", ""));
    }

    private static void run(String name, String... more) {
        List<String> command =
                new ArrayList<>(List.of("run", "--detach", "--name", PROJECT + "-" + name, "--network", PROJECT));
        command.addAll(List.of(more));
        Containers.docker(command.toArray(String[]::new));
    }

    private static void awaitGateways(String... names) {
        for (int entrance : List.of(port, unbounded)) {
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> askedGateways(entrance, 10).equals(Set.of(names)));
        }
    }

    /** The gateways that answer a number of requests. */
    private static Set<String> askedGateways(int entrance, int requests) throws IOException {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < requests; i++) {
            Answer answer = ask(entrance, "GET / HTTP/1.1\r\n");
            names.add(answer.status() == 200 ? said(answer)[0] : "none");
        }
        return names;
    }

    @Test
    void connections_to_a_gateway_are_kept() throws IOException {
        Set<String> connections = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            connections.add(said(ask("GET / HTTP/1.1\r\n"))[1]);
        }
        assertThat(connections).as("one after another by new clients").hasSize(1);
    }

    @Test
    void gateway_is_told_the_connection_of_a_client_and_not_what_the_client_says() throws IOException {
        String lie = "GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.1:4711\r\n";
        try (KeepAlive client = new KeepAlive(port)) {
            String told = said(client.send(lie, null))[2];
            assertThat(told).matches("[0-9.]+:[0-9]+").doesNotContain("203.0.113.1");
            assertThat(said(client.send(lie, null))[2])
                    .as("the same connection")
                    .isEqualTo(told);
            assertThat(said(ask(lie))[2]).as("another").isNotEqualTo(told);
        }
    }

    @Test
    void port_that_a_proxy_does_not_name_is_marked_as_its_own() throws IOException {
        int entrance = startEntrance(
                "behind", "LIMITS=off", "--env", "ENTRANCE_PROXIES=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16");
        awaitStatus(entrance, 200);
        assertThat(told(entrance, "203.0.113.1:4711")).isEqualTo("203.0.113.1:4711");
        assertThat(told(entrance, "203.0.113.1")).matches("203\\.0\\.113\\.1:_[0-9]+");
        assertThat(told(entrance, "2001:db8::1")).matches("\\[2001:db8::1]:_[0-9]+");
    }

    /** A documented configuration that wrote an IPv6 address without brackets would forward no client address. */
    @Test
    void proxy_that_is_set_up_as_documented_names_clients_of_both_families() throws IOException {
        int proxy = startDocumentedProxy("proxied", "set_real_ip_from 0.0.0.0/0; real_ip_header X-Client;");
        for (String client : List.of("203.0.113.1:51234", "[2001:db8::1]:51234")) {
            assertThat(said(ask(proxy, "GET / HTTP/1.1\r\nX-Client: %s\r\n".formatted(client)))[2])
                    .isEqualTo(client);
        }
    }

    /** Behind a CDN, the documented proxy would otherwise name the CDN as the client of all. */
    @Test
    void proxy_behind_a_cdn_that_is_set_up_as_documented_names_its_clients() throws IOException {
        String documented = found("(?s)set_real_ip_from .+?real_ip_recursive on;", operate());
        String networks =
                "set_real_ip_from 10.0.0.0/8; set_real_ip_from 172.16.0.0/12; set_real_ip_from 192.168.0.0/16;";
        int proxy = startDocumentedProxy("delivered", networks + documented);
        assertThat(told(proxy, "203.0.113.1:51234")).isEqualTo("203.0.113.1:51234");
        assertThat(told(proxy, "[2001:db8::1]:51234")).isEqualTo("[2001:db8::1]:51234");
        assertThat(told(proxy, "203.0.113.1")).matches("203\\.0\\.113\\.1:_[0-9]+");
        assertThat(told(proxy, "2001:db8::1")).matches("\\[2001:db8::1]:_[0-9]+");
        assertThat(told(proxy, "198.51.100.9, 203.0.113.1, 192.0.2.7"))
                .as("forged, the client, the CDN's other layer")
                .matches("203\\.0\\.113\\.1:_[0-9]+");
    }

    /** Starts an entrance and, before it, a proxy with the documented configuration, and returns the proxy's port. */
    private static int startDocumentedProxy(String name, String realIp) throws IOException {
        String entrance = name + "-entrance";
        startEntrance(entrance, "LIMITS=off", "--env", "ENTRANCE_PROXIES=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16");
        run(
                name,
                "--publish",
                "127.0.0.1::8080",
                "--entrypoint",
                "sh",
                IMAGE,
                "-c",
                PROXY.formatted(
                        realIp,
                        found("(?s)map \\$remote_addr .+?(?=proxy_set_header)", operate()),
                        found("proxy_set_header X-Forwarded-For [^;]+;", operate()),
                        PROJECT + "-" + entrance));
        int proxy = portOf(name);
        awaitStatus(proxy, 200);
        return proxy;
    }

    private static String operate() throws IOException {
        return Files.readString(Path.of("..", "docs", "operate.md"));
    }

    private static String found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .findFirst()
                .orElseThrow()
                .group();
    }

    private static String told(int entrance, String forwardedFor) throws IOException {
        return said(ask(entrance, "GET / HTTP/1.1\r\nX-Forwarded-For: %s\r\n".formatted(forwardedFor)))[2];
    }

    @Test
    void an_address_has_so_many_requests_under_way() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < BOUND; i++) {
                slow.add(open("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            }
            await().atMost(SOON).until(() -> ask("GET / HTTP/1.1\r\n").status() == 429);
            Answer refused = ask("GET / HTTP/1.1\r\n");
            assertThat(refused.retryAfter()).isEqualTo("1");
            assertThat(text(refused)).contains("\"code\":\"rate-limited\"");
        } finally {
            for (Socket one : slow) {
                one.close();
            }
        }
        await().atMost(SOON).until(() -> ask("GET / HTTP/1.1\r\n").status() == 200);
    }

    /** All registrants keep the pages of their registrations open. */
    @Test
    void open_streams_of_an_address_leave_room_for_its_requests() throws IOException {
        String stream = "GET /api/registrations/1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
        List<Socket> streams = new ArrayList<>();
        try {
            for (int i = 0; i < BOUND; i++) {
                streams.add(open(stream));
            }
            await().atMost(SOON).until(() -> isRefused(stream));
            assertThat(ask("GET / HTTP/1.1\r\n").status()).isEqualTo(200);
        } finally {
            for (Socket one : streams) {
                one.close();
            }
        }
    }

    /** nginx refuses these requests before it selects a location. */
    @Test
    void request_that_no_gateway_sees_is_refused_as_one_would() throws IOException {
        String rest = "Host: localhost\r\nConnection: close\r\n\r\n";
        assertRefused("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "malformed");
        assertRefused("GET /%zz HTTP/1.1\r\n" + rest, 400, "malformed");
        assertRefused("GET / HTTP/1.1\r\nTransfer-Encoding: odd\r\n" + rest, 400, "malformed");
        String malformed = " / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + rest + "zz\r\n";
        assertRefused("POST" + malformed, 400, "malformed");
        assertRefused("PUT" + malformed, 400, "malformed");
        assertRefused("TRACE / HTTP/1.1\r\n" + rest, 404, "not-found");
        assertRefused("GET /malformed HTTP/1.1\r\n" + rest, 404, "not-found");
        String long64k = "a".repeat(66_000);
        assertRefused("GET /" + long64k + " HTTP/1.1\r\n" + rest, 413, "too-large");
        assertRefused("GET / HTTP/1.1\r\nCookie: a=" + long64k + "\r\n" + rest, 413, "too-large");
    }

    private static void assertRefused(String request, int status, String code) throws IOException {
        try (Socket client = open(request)) {
            client.setSoTimeout(PATIENCE_MILLIS);
            StringBuilder answer = new StringBuilder();
            // Unread bytes of the request may reset the connection before the answer ends.
            for (int c = 0; c >= 0 && c != '}'; ) {
                c = client.getInputStream().read();
                answer.append((char) c);
            }
            assertThat(answer)
                    .startsWith("HTTP/1.1 " + status)
                    .contains("Content-Type: application/problem+json\r\n", "Cache-Control: no-store\r\n")
                    .endsWith("\"code\":\"" + code + "\"}")
                    .contains("\"status\":" + status);
        }
    }

    private static boolean isRefused(String request) throws IOException {
        try (Socket one = open(request)) {
            one.setSoTimeout(1_000);
            return new String(one.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 429");
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void a_rehearsal_has_no_bound_unless_it_asks_for_limits() {
        await().atMost(SOON).until(() -> limits("rehearsal").isEmpty());
        startEntrance("deployment", "APP_MODE=deployed");
        await().atMost(SOON).until(() -> limits("deployment").equals("limit_conn networks 3;"));
    }

    private static String limits(String name) {
        return inside(name, "cat /tmp/limits.conf 2>/dev/null || echo not yet");
    }

    private static String inside(String name, String command) {
        return Containers.docker("exec", PROJECT + "-" + name, "sh", "-c", command);
    }

    @Test
    void a_client_has_ten_seconds_for_its_headers() throws IOException {
        try (Socket client = open("GET / HTTP/1.1\r\nHost: localhost\r\n")) {
            client.setSoTimeout(PATIENCE_MILLIS);
            assertThat(client.getInputStream().readAllBytes()).asString().matches("(?s)|HTTP/1.1 408 .*");
        }
    }

    /** Clients do not repeat a write whose connection is lost. */
    @Test
    void no_connection_of_a_client_ends_under_a_request_when_gateways_change() throws Exception {
        AtomicBoolean goesOn = new AtomicBoolean(true);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(clients.submit(() -> {
                    while (goesOn.get()) {
                        writeAsLongAsKept(goesOn);
                    }
                    return null;
                }));
            }
            startGateway("three");
            awaitGateways("one", "three");
            startGateway("four");
            awaitGateways("one", "three", "four");
            goesOn.set(false);
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            stopGateway("three");
            stopGateway("four");
            awaitOne();
        }
    }

    /** Waits until the entrances know one gateway alone, and no longer close each connection so that clients begin new ones. */
    private static void awaitOne() {
        awaitGateways("one");
        for (String entrance : List.of("entrance", "rehearsal")) {
            await().atMost(SOON)
                    .until(() -> inside(entrance, "[ -e /tmp/leaving ] || cat /tmp/gateways.conf")
                                    .lines()
                                    .count()
                            == 1);
        }
    }

    /** Writes sequentially over one connection until the entrance announces that it closes it. */
    private static void writeAsLongAsKept(AtomicBoolean goesOn) throws IOException {
        try (Socket connection = new Socket("127.0.0.1", unbounded)) {
            connection.setSoTimeout(PATIENCE_MILLIS);
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            boolean isKept = true;
            while (isKept && goesOn.get()) {
                connection
                        .getOutputStream()
                        .write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(answers.readLine()).isEqualTo("HTTP/1.1 200 OK");
                List<String> headers = Stream.generate(() -> line(answers))
                        .takeWhile(line -> !line.isEmpty())
                        .toList();
                answers.skip(headers.stream()
                        .filter(header -> header.startsWith("Content-Length: "))
                        .mapToLong(header -> Long.parseLong(header.substring("Content-Length: ".length())))
                        .sum());
                isKept = !headers.contains("Connection: close");
            }
        }
    }

    private static String line(BufferedReader answers) {
        try {
            return answers.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void gateways_that_come_and_go_are_noticed() throws IOException {
        startGateway("two");
        awaitGateways("one", "two");
        stopGateway("one");
        assertThat(askedGateways(port, 20))
                .as("the other one is used in its place")
                .containsExactly("two");
        stopGateway("two");
        assertThat(ask("GET / HTTP/1.1\r\n").status()).isEqualTo(503);
        assertThat(ask("DELETE / HTTP/1.1\r\n").status()).isEqualTo(503);
        startGateway("one");
        awaitOne();
    }

    @Test
    void gateway_that_is_not_ready_gets_no_requests_while_another_is() {
        startGateway("two");
        try {
            awaitGateways("one", "two");
            inside("two", "touch /tmp/stops");
            awaitGateways("one");
            inside("one", "touch /tmp/stops");
            awaitGateways("one", "two");
            inside("two", "rm /tmp/stops");
            awaitGateways("two");
        } finally {
            inside("one", "rm -f /tmp/stops");
            stopGateway("two");
            awaitOne();
        }
    }

    @Test
    void gateway_that_does_not_say_whether_it_is_ready_stays_as_it_was() {
        startGateway("two");
        try {
            awaitGateways("one", "two");
            Containers.docker("pause", PROJECT + "-two");
            inside("one", "touch /tmp/stops");
            awaitUsed("entrance", "two");
            inside("one", "rm /tmp/stops");
            startEntrance("late", "LIMITS=off");
            awaitUsed("late", "one");
        } finally {
            inside("one", "rm -f /tmp/stops");
            Containers.docker("unpause", PROJECT + "-two");
            stopGateway("two");
            awaitOne();
        }
    }

    private static void awaitUsed(String entrance, String gateway) {
        String address = Containers.docker(
                "inspect",
                "--format",
                "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
                PROJECT + "-" + gateway);
        await().atMost(SOON)
                .until(() ->
                        used(entrance).size() == 1 && used(entrance).getFirst().contains(" " + address + ":8080 "));
    }

    private static List<String> used(String entrance) {
        return inside(entrance, "cat /tmp/gateways.conf 2>/dev/null || true")
                .lines()
                .toList();
    }

    @Test
    void gateways_are_kept_while_look_ups_fail(@TempDir Path folder) throws IOException {
        Path lookUp = folder.resolve("getent");
        Files.writeString(lookUp, """
                #!/bin/sh
                [ ! -e /tmp/fails ] || { echo >>/tmp/failed; exit 2; }
                exec /usr/bin/getent "$@"
                """);
        for (Path one : List.of(folder, lookUp)) {
            Files.setPosixFilePermissions(one, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        int entrance = startEntrance(
                "blind",
                "LIMITS=off",
                "--env",
                "PATH=/look-ups:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "--volume",
                folder + ":/look-ups:ro");
        awaitStatus(entrance, 200);
        inside("blind", "touch /tmp/fails");
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> Integer.parseInt(inside("blind", "wc -l </tmp/failed")) >= 4);
        assertThat(inside("blind", "cat /tmp/gateways.conf")).doesNotContain("127.0.0.1");
        assertThat(ask(entrance, "GET / HTTP/1.1\r\n").status()).isEqualTo(200);

        await().atMost(SOON)
                .until(() -> inside("blind", "cat /tmp/gateways.conf").contains("127.0.0.1"));
        awaitStatus(entrance, 503);
        // If nginx misses a signal, the entrance repeats it.
        inside("blind", "mv /tmp/nginx.pid /tmp/away && rm /tmp/fails");
        await().atMost(SOON)
                .until(() -> !inside("blind", "cat /tmp/gateways.conf").contains("127.0.0.1"));
        await().atMost(SOON)
                .until(() -> Containers.docker("logs", PROJECT + "-blind").contains("/tmp/nginx.pid"));
        inside("blind", "mv /tmp/away /tmp/nginx.pid");
        awaitStatus(entrance, 200);
    }

    private static void awaitStatus(int entrance, int status) {
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> ask(entrance, "GET / HTTP/1.1\r\n").status() == status);
    }

    @Test
    void an_entrance_that_no_longer_looks_gateways_up_ends() {
        awaitStatus(startEntrance("mute", "LIMITS=off"), 200);
        await().atMost(SOON).ignoreExceptions().until(() -> state("mute").equals("exited") || endSleep());
    }

    private static String state(String name) {
        return Containers.docker("inspect", "--format", "{{.State.Status}}", PROJECT + "-" + name);
    }

    /** Ends the sleep of the loop that looks up the gateways. */
    private static boolean endSleep() {
        inside("mute", "for one in /proc/[0-9]*; do grep -qx sleep $one/comm && kill ${one#/proc/}; done; true");
        return false;
    }

    /** Sends a request over a new connection. */
    private static Answer ask(String head) throws IOException {
        return ask(port, head);
    }

    private static Answer ask(int entrance, String head) throws IOException {
        try (KeepAlive client = new KeepAlive(entrance)) {
            return client.send(head, null);
        }
    }

    private static Socket open(String request) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String[] said(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return text(answer).split(" ");
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
