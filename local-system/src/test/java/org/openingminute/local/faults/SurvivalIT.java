package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.fixture.Answer;
import org.openingminute.local.fixture.ApiClient;
import org.openingminute.local.fixture.ApiClient.Registered;
import org.openingminute.local.fixture.Standstills;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/** Proves, on the running system, that promises to people are kept when processes are killed, stopped and restarted. */
@ExtendWith(SystemFixture.class)
@Timeout(300)
@Tag("faults")
class SurvivalIT {

    private static final String CONFERENCE = "mlsys-2026";
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration RESTARTED = Duration.ofSeconds(90);
    private static final Duration CONFIRMED_AFTER_KAFKA = Duration.ofSeconds(5);

    private final Running running;
    private final ApiClient api;

    SurvivalIT(Running running) {
        this.running = running;
        this.api = running.api();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"registration-service", "payment-service", "notification-service", "gateway", "kafka", "postgres"
            })
    void killed_services_come_back_and_lose_nothing(String part) throws Exception {
        LocalSystem system = running.system();
        String email = ApiClient.newAddress("killed." + part);
        Registered before = api.register(CONFERENCE, "academic", email);
        String checkoutUrl = api.checkout(before);
        long pid = system.pid(part);
        assertThat(commandLine(pid)).contains(part);

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        await().atMost(RESTARTED).until(() -> system.pid(part) != 0 && system.pid(part) != pid);
        system.start(part); // Waits until it is ready.
        await().atMost(RESTARTED)
                .ignoreExceptions()
                .until(() -> api.get("/health").status() == 200);
        await().atMost(RESTARTED).ignoreExceptions().until(() -> {
            Answer answer = api.enterCard(checkoutUrl, ApiClient.CARD);
            // The card may have been taken without an answer.
            return answer.at("/outcome").equals("captured")
                    || answer.at("/code").equals("session-paid");
        });
        api.awaitStatus(before, "confirmed", RESTARTED);
        await().atMost(RESTARTED).until(() -> api.mailsTo(email).size() == 1);

        Registered after = api.register(CONFERENCE, "academic", ApiClient.newAddress("after." + part));
        api.pay(after);
        api.awaitStatus(after, "confirmed", SOON);
    }

    @Test
    void registrations_during_a_payment_outage_are_held_and_paid_later() throws Exception {
        running.system().stop("payment-service");
        Registered person;
        try {
            person = api.register(CONFERENCE, "academic", ApiClient.newAddress("patient"));
            person.answer().assertThatText("/status").isEqualTo("pending-payment");
            api.send("POST", "/api/payments/" + person.id() + "/checkout", null, person.bearer())
                    .isProblem(503, "unavailable");
        } finally {
            running.system().start("payment-service");
        }

        api.pay(person);

        api.awaitStatus(person, "confirmed", SOON);
    }

    @Test
    void registrations_during_a_mail_outage_are_mailed_once_later() throws Exception {
        String email = ApiClient.newAddress("unheard");
        Registered person;
        running.system().stop("notification-service");
        try {
            person = api.register(CONFERENCE, "academic", email);
            api.pay(person);
            api.awaitStatus(person, "confirmed", SOON);
        } finally {
            running.system().start("notification-service");
        }

        await().atMost(SOON).until(() -> !api.mailsTo(email).isEmpty());

        awaitMailOfSomeoneElse();
        assertThat(api.mailsTo(email)).hasSize(1);
    }

    @Test
    @Tag("measured")
    void payments_during_a_kafka_outage_are_confirmed_later() throws Exception {
        Registered person = api.register(CONFERENCE, "academic", ApiClient.newAddress("cut.off"));
        String checkoutUrl = api.checkout(person);
        running.system().stop("kafka");
        try {
            api.enterCard(checkoutUrl, ApiClient.CARD)
                    .has(200)
                    .assertThatText("/outcome")
                    .isEqualTo("captured");
            await().atMost(SOON)
                    .untilAsserted(() -> api.get("/api/payments/" + person.id(), person.bearer())
                            .assertThatText("/status")
                            .isEqualTo("captured"));
            api.registration(person).has(200).assertThatText("/status").isEqualTo("pending-payment");
        } finally {
            running.system().start("kafka");
        }

        long back = Standstills.now();
        api.awaitStatus(person, "confirmed", SOON);
        assertThat(Standstills.timeSince(back)).isLessThan(CONFIRMED_AFTER_KAFKA);
    }

    @Test
    void a_restart_of_everything_keeps_what_happened_and_sends_nothing_twice() throws Exception {
        String email = ApiClient.newAddress("kept");
        Registered paid = api.register(CONFERENCE, "academic", email);
        api.pay(paid);
        api.awaitStatus(paid, "confirmed", SOON);
        await().atMost(SOON).until(() -> api.mailsTo(email).size() == 1);
        Registered held = api.register(CONFERENCE, "academic", ApiClient.newAddress("held"));
        Instant moved = now().plus(Duration.ofMinutes(3));
        api.put("/api/rehearsal/clock", "{\"now\": \"" + moved + "\"}", Map.of())
                .has(200);
        int mails = api.get("/mailbox/messages").has(200).json().size();

        running.restart();

        assertThat(now()).isBetween(moved, moved.plus(Duration.ofMinutes(10)));
        api.registration(paid).has(200).assertThatText("/status").isEqualTo("confirmed");
        api.registration(paid).assertThatText("/payment/status").isEqualTo("captured");
        api.registration(held).has(200).assertThatText("/status").isEqualTo("pending-payment");
        awaitMailOfSomeoneElse();
        assertThat(api.mailsTo(email)).hasSize(1);
        List<String> ids = api.get("/mailbox/messages").json().findValuesAsString("messageId");
        assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(mails);
    }

    /** Waits for the mail of a later registration: by then earlier mails have been sent, and so would have been a duplicate. */
    private void awaitMailOfSomeoneElse() {
        String email = ApiClient.newAddress("later");
        Registered later = api.register(CONFERENCE, "academic", email);
        api.pay(later);
        await().atMost(RESTARTED).until(() -> !api.mailsTo(email).isEmpty());
    }

    private Instant now() {
        return Instant.parse(api.get("/api/rehearsal/clock").has(200).at("/now"));
    }

    private static String commandLine(long pid) {
        return ProcessHandle.of(pid).orElseThrow().info().commandLine().orElse("");
    }
}
