package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Standstills;
import org.openingminute.local.fixture.SystemFixture.Running;
import org.openingminute.local.load.KeepAlive;

/**
 * Proves how the limits treat many clients at one address, on a running system with {@code LIMITS=on}. All clients of this test have the
 * same address.
 */
@Tag("standalone")
@Timeout(300)
class CampusIT {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));
    private static final int CLIENTS = FULL ? 200 : 30;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HOLDS = "\"holdMinutes\": 20, \"invoiceDays\": 14";
    private static final Pattern LINK = Pattern.compile("/open#([A-Za-z0-9._-]+)");

    private static Running running;
    private static Map<String, String> organiser;

    private final ApiClient api = running.api();

    @BeforeAll
    static void start() {
        running = Running.start(Map.of("LIMITS", "on"), Running::patient);
        organiser = running.api().signIn("organiser");
    }

    @AfterAll
    static void end() throws IOException {
        running.close();
    }

    @ParameterizedTest
    @CsvSource({"guest, invoice", "student, card"})
    void requests_of_one_address_hold_a_hundred_unpaid_seats_for_twenty_minutes(String category, String method) {
        awaitTurns();
        String slug = ApiClient.newSlug("held");
        api.putOnSale(slug, ApiClient.withStudents(ApiClient.definition(slug, 2_500, HOLDS, 10_000)));
        List<Answer> answers = IntStream.range(0, FULL ? 300 : 30)
                .mapToObj(i ->
                        api.attempt(slug, body(category, method, "held" + i + "@example.org", 10), ApiClient.newKey()))
                .toList();
        assertThat(answers.subList(0, 10)).extracting(Answer::status).containsOnly(201);
        assertThat(answers.subList(10, answers.size()))
                .extracting(Answer::status)
                .containsOnly(429);
        assertThat(held(slug)).isEqualTo(100);
        pass(Duration.ofMinutes(21));
        await().atMost(PATIENCE).until(() -> held(slug) == 0);
    }

    @Test
    void mailbox_holds_twenty_seats_gets_three_mails_and_keeps_what_it_opens() {
        awaitTurns();
        String slug = ApiClient.newSlug("mailbox");
        api.putOnSale(slug, 2_500, HOLDS, 10_000);
        String mailbox = ApiClient.newAddress("stranger");
        Map<Integer, Long> statuses = IntStream.range(0, 40)
                .mapToObj(_ -> api.attempt(slug, body("guest", "invoice", mailbox, 1), ApiClient.newKey()))
                .collect(Collectors.groupingBy(Answer::status, Collectors.counting()));
        assertThat(statuses).isEqualTo(Map.of(201, 20L, 429, 20L));
        await().atMost(PATIENCE).until(() -> api.mailsTo(mailbox).size() == 3);

        String token = mailedToken(api, mailbox);
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + token);
        String opened = "/api/registrations/" + token.split("\\.", -1)[1];
        Instant soonest = now().plus(Duration.ofDays(13));
        await().atMost(PATIENCE)
                .until(() -> Instant.parse(api.get(opened, bearer).has(200).at("/holdExpiresAt"))
                        .isAfter(soonest));
        pass(Duration.ofMinutes(21));
        await().atMost(PATIENCE).until(() -> held(slug) == 1);
        assertThat(api.get(opened, bearer).at("/status")).isEqualTo("pending-payment");
        assertThat(api.mailsTo(mailbox)).as("the rest comes in one mail, later").hasSize(3);
    }

    /** Waits until the address may call again, because the bot of the other test has exhausted its limit. */
    private void awaitTurns() {
        await().atMost(PATIENCE)
                .until(() -> IntStream.range(0, 20)
                        .allMatch(_ -> api.get("/api/conferences").status() == 200));
    }

    private static String body(String category, String method, String contact, int people) {
        return ApiClient.body(category, contact, people)
                .replace("\"contact\"", "\"paymentMethod\": \"" + method + "\", \"contact\"");
    }

    private int held(String slug) {
        return api.get("/api/admin/conferences/" + slug + "/statistics", organiser)
                .has(200)
                .json()
                .get("held")
                .asInt();
    }

    private Instant now() {
        return Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"));
    }

    private void pass(Duration time) {
        api.put("/api/rehearsal/clock", "{\"now\": \"%s\"}".formatted(now().plus(time)), Map.of())
                .has(200);
    }

    @Test
    void a_campus_registers_and_pays_beside_a_bot_of_its_address() throws Exception {
        String slug = ApiClient.newSlug("campus");
        api.putOnSale(slug, 2_500, "\"holdMinutes\": 15", 10_000);
        List<Duration> took = new CopyOnWriteArrayList<>();
        try (Bot bot = new Bot(URI.create(running.url()).getPort(), slug);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            await().atMost(PATIENCE).until(() -> bot.refused.sum() > 500);
            for (int i = 0; i < CLIENTS; i++) {
                clients.execute(() -> {
                    long began = Standstills.now();
                    buy(api.ofAnother(), slug);
                    took.add(Standstills.timeSince(began));
                });
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
            await().atMost(PATIENCE.multipliedBy(3)).until(() -> took.size() == CLIENTS);
            System.out.printf(
                    "bot: %d calls, %d a second; %d answered, %d refused; clients: %s%n",
                    bot.sent.sum(),
                    bot.perSecond(),
                    bot.answered.sum(),
                    bot.refused.sum(),
                    took.stream().sorted().toList());
            assertThat(took).allMatch(one -> one.compareTo(PATIENCE) < 0);
            // The limit of an address is 50 a second, and 250 at once.
            assertThat(bot.answered.sum() - bot.refused.sum()).isLessThan(350 + 60 * bot.seconds());
            if (FULL) {
                assertThat(100.0 * bot.refused.sum() / bot.answered.sum()).isGreaterThan(85);
            }
        }
    }

    /** Registers and pays, with retries as advised. If the address holds too many seats, it confirms a mailbox first. */
    private static void buy(ApiClient client, String slug) {
        String email = ApiClient.newAddress("student");
        String path = "/api/conferences/" + slug + "/registrations";
        String body = ApiClient.body("guest", email);
        String key = ApiClient.newKey();
        Answer answer = again(client, "POST", path, body, Map.of("Idempotency-Key", key));
        if (answer.status() == 429) {
            again(client, "POST", answer.at("/confirm"), "{\"email\": \"%s\"}".formatted(email), Map.of())
                    .has(202);
            String mailed = await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> mailedToken(client, email), token -> !token.isEmpty());
            String token = again(
                            client,
                            "POST",
                            "/api/mailbox-confirmations",
                            "{\"token\": \"%s\"}".formatted(mailed),
                            Map.of())
                    .has(200)
                    .at("/mailboxToken");
            answer = again(client, "POST", path, body, Map.of("Idempotency-Key", key, "Mailbox-Token", token));
        }
        answer.has(201);
        Registered registered = new Registered(answer.at("/id"), answer.at("/accessToken"), answer);
        client.pay(registered);
        client.awaitStatus(registered, "confirmed", PATIENCE);
    }

    private static String mailedToken(ApiClient client, String email) {
        return client.mailsTo(email).stream()
                .map(mail -> LINK.matcher(mail.get("text").stringValue()))
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .findFirst()
                .orElse("");
    }

    /** Repeats a request until it is accepted, as the contract says. */
    private static Answer again(
            ApiClient client, String method, String path, String body, Map<String, String> headers) {
        while (true) {
            Answer answer = client.send(method, path, body, headers);
            boolean isRefused = answer.status() == 429 && !answer.json().has("confirm");
            if (!isRefused && answer.status() != 503) {
                return answer;
            }
            LockSupport.parkNanos(Duration.ofSeconds(
                            answer.headers().firstValueAsLong("Retry-After").orElseThrow())
                    .toNanos());
        }
    }

    /** Sends registrations, quotes and codes over 64 connections, 500 a second in total, with changing headers and cookies. */
    private static final class Bot implements AutoCloseable {

        private static final int CONNECTIONS = 64;
        private static final long PAUSE = Duration.ofSeconds(1).toNanos() * CONNECTIONS / 500;

        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final LongAdder sent = new LongAdder();
        private final LongAdder answered = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final long began = System.nanoTime();
        private final int port;
        private final String slug;
        private volatile boolean goesOn = true;

        Bot(int port, String slug) {
            this.port = port;
            this.slug = slug;
            for (int i = 0; i < CONNECTIONS; i++) {
                threads.execute(this::connect);
            }
        }

        private void connect() {
            for (int n = 0; goesOn; ) {
                try (KeepAlive.Pipeline connection = new KeepAlive.Pipeline(port)) {
                    threads.execute(() -> read(connection));
                    for (; goesOn; n++) {
                        long next = System.nanoTime() + PAUSE;
                        call(connection, n);
                        sent.increment();
                        LockSupport.parkNanos(next - System.nanoTime());
                    }
                } catch (IOException e) {
                    // The gateway has closed the connection.
                    LockSupport.parkNanos(PAUSE);
                }
            }
        }

        private void read(KeepAlive.Pipeline connection) {
            try {
                while (goesOn) {
                    int status = connection.read().status();
                    answered.increment();
                    if (status == 429) {
                        refused.increment();
                    }
                }
            } catch (IOException e) {
                connection.close();
            }
        }

        private void call(KeepAlive.Pipeline connection, int n) throws IOException {
            String key = ApiClient.newKey();
            String body = ApiClient.body("guest", "bot." + key + "@example.org");
            String call = switch (n % 3) {
                case 0 -> "registrations";
                case 1 -> "quotes";
                default -> {
                    body = body.replace("\"contact\"", "\"voucher\": \"%s\", \"contact\"".formatted(key));
                    yield "quotes";
                }
            };
            String head = """
                    POST /api/conferences/%s/%s HTTP/1.1
                    Content-Type: application/json
                    Idempotency-Key: %s
                    X-Forwarded-For: 203.0.113.%d:%d
                    Cookie: staff=%s
                    """.formatted(slug, call, key, n % 250, n % 60_000, key);
            connection.write(head.replace("\n", "\r\n"), body.getBytes(StandardCharsets.UTF_8));
        }

        long seconds() {
            return Duration.ofNanos(System.nanoTime() - began).toSeconds();
        }

        long perSecond() {
            return sent.sum() * Duration.ofSeconds(1).toNanos() / (System.nanoTime() - began);
        }

        @Override
        public void close() {
            goesOn = false;
            threads.close();
        }
    }
}
