package org.openingminute.benchmarks.gateway;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.load.KeepAlive;
import tools.jackson.databind.json.JsonMapper;

/** Starts the measured servers, each as a process in front of the same upstream process. */
final class Servers implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] NOTHING = {};
    private static final String PLENTY = "1000000/s, 1000000 at once";

    private final Map<Name, Server> servers = new EnumMap<>(Name.class);
    private final Path folder;
    private final String upstream;
    private @Nullable Socket held;
    private String place = "";

    /** @param gateway the gateway's jar */
    Servers(Path gateway, Path folder) throws IOException {
        this.folder = folder;
        List<String> libraries = librariesOf(gateway);
        String ours = System.getProperty("java.class.path");
        int port = freePort();
        upstream = "http://127.0.0.1:" + port;
        put(Name.UPSTREAM, port, java(Upstream.class, ours, "" + port));
        int netty = freePort();
        put(Name.NETTY, netty, java(BareProxy.class, ours, "" + netty, upstream));
        int route = freePort();
        put(Name.ROUTE, route, java(BareRoute.class, String.join(":", libraries), "" + route, upstream));
        int nginx = freePort();
        put(Name.NGINX, nginx, nginx(nginx));
        gateway(Name.GATEWAY, gateway, "--gateway.limits.place=" + PLENTY);
        gateway(
                Name.REFUSING,
                gateway,
                "--gateway.limits.place=1/h, 1 at once",
                "--gateway.bulkheads.reads=1",
                "--gateway.budgets.registration=1h");
    }

    /** The servers. */
    enum Name {
        UPSTREAM,
        NGINX,
        NETTY,
        ROUTE,
        GATEWAY,
        /** A gateway whose limits are exhausted. */
        REFUSING
    }

    private record Server(Process process, int port, KeepAlive connections) {}

    long pid(Name name) {
        return of(name).process().pid();
    }

    Stream<Long> pids() {
        return servers.values().stream().map(server -> server.process().pid());
    }

    private Server of(Name name) {
        return Objects.requireNonNull(servers.get(name));
    }

    /** Returns whether a server gives the expected response. */
    boolean answers(Case asked) throws IOException {
        KeepAlive.Answer answer = of(asked.server()).connections().send(request(asked), null);
        return answer.status() == asked.status()
                && (asked.status() < 400 || !answer.retryAfter().isEmpty())
                && asked.isAnswer(new String(answer.body(), StandardCharsets.UTF_8));
    }

    private String request(Case asked) {
        return asked == Case.POLL ? asked.request() + "Authorization: Bearer " + place + "\r\n" : asked.request();
    }

    /** Adds people to the queue of the gateway that has one. */
    void line(int people) throws IOException {
        KeepAlive gateway = of(Case.POLL.server()).connections();
        for (int i = 0; i < people; i++) {
            KeepAlive.Answer answer = gateway.send("POST " + Case.ROOM_PATH + "/places HTTP/1.1\r\n", NOTHING);
            place = JSON.readTree(answer.body()).path("placeToken").asString();
        }
    }

    /** Returns the used bytes after a garbage collection. */
    long heap(Name name) throws IOException {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        "" + pid(name),
                        "GC.class_histogram")
                .start();
        try (BufferedReader lines = histogram.inputReader()) {
            String total = lines.lines()
                    .filter(line -> line.startsWith("Total"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(total.strip().split("\\s+")[2]);
        }
    }

    /** Returns the number of upstream requests. */
    long asked() throws IOException {
        KeepAlive.Answer answer = of(Name.UPSTREAM).connections().send("GET " + Upstream.COUNT + " HTTP/1.1\r\n", null);
        return Long.parseLong(new String(answer.body(), StandardCharsets.UTF_8));
    }

    /** Waits until all servers answer and the refusing gateway's limits are exhausted. */
    void awaitReady() throws IOException {
        for (Case one : Case.values()) {
            if (one.server() != Name.REFUSING && one != Case.POLL) {
                await().atMost(PATIENCE).ignoreExceptions().until(() -> answers(one));
            }
        }
        await().atMost(PATIENCE).until(() -> {
            line(1);
            return !place.isEmpty();
        });
        int refusing = of(Name.REFUSING).port();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            new Socket(InetAddress.getLoopbackAddress(), refusing).close();
            return true;
        });
        // Makes the token known to the gateway.
        of(Name.REFUSING).connections().send(Case.FILTERS.request(), null);
        held = new Socket(InetAddress.getLoopbackAddress(), refusing);
        held.getOutputStream()
                .write(("GET " + Upstream.NEVER + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        for (Case one : List.of(Case.LIMITED, Case.FULL)) {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> answers(one));
        }
    }

    private void gateway(Name name, Path jar, String... limits) throws IOException {
        int port = freePort();
        Map<String, String> settings = new HashMap<>(Map.of(
                "SERVER_PORT",
                "" + port,
                "SERVER_ADDRESS",
                "127.0.0.1",
                "MANAGEMENT_PORT",
                "" + freePort(),
                "PUBLIC_URL",
                "https://register.example.org",
                "REGISTRATION_URL",
                upstream,
                "PAYMENT_URL",
                upstream,
                "NOTIFICATION_URL",
                upstream,
                "WAITING_ROOM_KEYS",
                "k1:" + "A".repeat(43),
                // Required but not used, because nobody signs in.
                "STAFF_SIGNING_KEY",
                newKey(),
                "LIMITS",
                "on"));
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(
                "-jar", jar.toString(), "--gateway.limits.token=" + PLENTY, "--gateway.limits.address=" + PLENTY));
        command.addAll(List.of(limits));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(settings);
        put(name, port, builder);
    }

    private static ProcessBuilder java(Class<?> main, String libraries, String... arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of("-cp", libraries, main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** Uses the images' options that matter for speed, and the heap of a container with 640 MB. */
    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED");
    }

    /** A single process that logs each request, as the gateway does. */
    private ProcessBuilder nginx(int port) throws IOException {
        Path page = folder.resolve("www" + Case.PAGE_PATH);
        Files.createDirectories(page.getParent());
        Files.writeString(page, Upstream.PAGE);
        Path configuration = Files.writeString(
                folder.resolve("nginx.conf"), """
                        daemon off;
                        master_process off;
                        pid nginx.pid;
                        error_log error.log;
                        events { worker_connections 1024; }
                        http {
                          access_log access.log;
                          client_body_temp_path body;
                          proxy_temp_path proxy;
                          fastcgi_temp_path fastcgi;
                          uwsgi_temp_path uwsgi;
                          scgi_temp_path scgi;
                          keepalive_requests 100000000;
                          sendfile on;
                          upstream service { server %s; keepalive 64; keepalive_requests 100000000; }
                          server {
                            listen 127.0.0.1:%d;
                            location / {
                              proxy_pass http://service;
                              proxy_http_version 1.1;
                              proxy_set_header Connection "";
                            }
                            location /conferences/ { root www; default_type text/html; add_header Cache-Control "max-age=1, public"; }
                          }
                        }
                        """.formatted(URI.create(upstream).getAuthority(), port));
        return new ProcessBuilder("nginx", "-p", folder.toString(), "-e", "error.log", "-c", configuration.toString());
    }

    private void put(Name name, int port, ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        servers.put(name, new Server(process, port, new KeepAlive(port)));
    }

    /** Returns the gateway's libraries without the project's own, and this module's classes. */
    private List<String> librariesOf(Path jar) throws IOException {
        Path libraries = Files.createDirectories(folder.resolve("libraries"));
        try (FileSystem inside = FileSystems.newFileSystem(jar);
                Stream<Path> all = Files.list(inside.getPath("/BOOT-INF/lib"))) {
            for (Path library : all.toList()) {
                String name = library.getFileName().toString();
                if (!name.startsWith("service-kit-") && !name.startsWith("ui-")) {
                    Files.copy(library, libraries.resolve(name));
                }
            }
        }
        Path here = Path.of(URI.create(BareRoute.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        return List.of(here.toString(), libraries + "/*");
    }

    private static String newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----\\n" + Base64.getEncoder().encodeToString(key)
                    + "\\n-----END PRIVATE KEY-----";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        if (held != null) {
            held.close();
        }
        for (Server server : servers.values()) {
            server.connections().close();
            server.process().destroy();
            server.process().onExit().join();
        }
    }
}
