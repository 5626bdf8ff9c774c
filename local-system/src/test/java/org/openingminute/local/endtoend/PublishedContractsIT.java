package org.openingminute.local.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.TestSystems;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Proves that a program in another language, which uses the published contracts and none of our code, can read every message on the topics.
 * It runs last, so that it reads the messages of all other tests.
 */
@ExtendWith(SystemFixture.class)
@Order(Integer.MAX_VALUE)
class PublishedContractsIT {

    private static final String CONFERENCE = "mlsys-2026";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path CHECK = TestSystems.CHECKOUT.resolve("contracts/check");

    private final Running running;
    private final ApiClient api;

    PublishedContractsIT(Running running) {
        this.running = running;
        this.api = running.api();
    }

    @Test
    void every_message_on_every_topic_is_as_the_contracts_say(@TempDir Path folder) throws Exception {
        registerPayAndCancel();
        List<String> lines = readTopics(running.system().settings().brokers(), folder);

        for (String topic : List.of(
                "registration.events.v1",
                "conference.definitions.v1",
                "payment.commands.v1",
                "payment.events.v1",
                "payment.progress.v1",
                "notification.events.v1")) {
            assertThat(lines)
                    .as(topic)
                    .filteredOn(line -> line.startsWith(topic + ": "))
                    .singleElement()
                    .asString()
                    .matches(".*: [1-9]\\d* messages, [1-9]\\d* types, 0 invalid .*");
        }
    }

    private void registerPayAndCancel() {
        api.register(CONFERENCE, "student", ApiClient.newAddress("in-review"));
        Registered declined = api.register(CONFERENCE, "academic", ApiClient.newAddress("declined"));
        api.enterCard(api.checkout(declined), ApiClient.DECLINED_CARD).has(200);
        Registered paid = api.register(CONFERENCE, "academic", ApiClient.newAddress("paid"));
        api.pay(paid);
        api.awaitStatus(paid, "confirmed", SOON);
        api.post("/api/registrations/" + paid.id() + "/cancellation", "{}", keyed(paid))
                .has(200);
        // Events of mails have been applied, so every topic has messages.
        await().atMost(SOON)
                .until(() -> api.get("/api/registrations/" + paid.id() + "/timeline", paid.bearer())
                        .has(200)
                        .json()
                        .at("/items")
                        .findValuesAsString("what")
                        .contains("Mail sent"));
    }

    private static Map<String, String> keyed(Registered registered) {
        return Map.of("Authorization", "Bearer " + registered.token(), "Idempotency-Key", ApiClient.newKey());
    }

    private static List<String> readTopics(String brokers, Path folder) throws IOException, InterruptedException {
        assertThat(CHECK.resolve("node_modules"))
                .as("the packages of contracts/check; ./test installs them")
                .isDirectory();
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        "node", CHECK.resolve("read-topics.mjs").toString(), brokers)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output);
        assertThat(ended).as("ends in time; output so far: %s", text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        return text.lines().toList();
    }
}
