package org.openingminute.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.local.LocalSystem;
import org.openingminute.local.endtoend.Answer;
import org.openingminute.local.endtoend.Door;
import org.openingminute.local.endtoend.Door.Registered;
import org.openingminute.local.endtoend.WholeSystem;
import org.openingminute.local.endtoend.WholeSystem.Running;

/** Parts die, stop and return; what was promised to people is kept. */
@ExtendWith(WholeSystem.class)
@Timeout(300)
class SurvivalIT {

    private static final String CONFERENCE = "mlsys-2026";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration RESTARTED = Duration.ofSeconds(90);

    private final Running running;
    private final Door door;

    SurvivalIT(Running running) {
        this.running = running;
        this.door = running.door();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"registration-service", "payment-service", "notification-service", "gateway", "kafka", "postgres"
            })
    void what_is_killed_comes_back_and_loses_nothing(String part) throws Exception {
        LocalSystem system = running.system();
        String email = Door.newAddress("killed." + part);
        Registered before = door.register(CONFERENCE, "academic", email);
        String checkoutUrl = door.checkout(before);
        long pid = system.pid(part);
        assertThat(commandLine(pid)).contains(part);

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        await().atMost(RESTARTED).until(() -> system.pid(part) != 0 && system.pid(part) != pid);
        system.start(part); // Returns when it is ready.
        await().atMost(RESTARTED)
                .ignoreExceptions()
                .until(() -> door.get("/health").status() == 200);
        await().atMost(RESTARTED).ignoreExceptions().until(() -> {
            Answer answer = door.enterCard(checkoutUrl, Door.CARD);
            return answer.status() == 200 && answer.at("/outcome").equals("captured");
        });
        door.awaitStatus(before, "confirmed", RESTARTED);
        await().atMost(RESTARTED).until(() -> door.mailsTo(email).size() == 1);

        Registered after = door.register(CONFERENCE, "academic", Door.newAddress("after." + part));
        door.pay(after);
        door.awaitStatus(after, "confirmed", SOON);
    }

    @Test
    void while_payment_is_down_seats_are_held_and_are_paid_for_later() throws Exception {
        running.system().stop("payment-service");
        Registered person;
        try {
            person = door.register(CONFERENCE, "academic", Door.newAddress("patient"));
            person.answer().assertThatText("/status").isEqualTo("pending-payment");
            door.send("POST", "/api/payments/" + person.id() + "/checkout", null, person.bearer())
                    .isProblem(503, "unavailable");
        } finally {
            running.system().start("payment-service");
        }

        door.pay(person);

        door.awaitStatus(person, "confirmed", SOON);
    }

    @Test
    void while_notification_is_down_people_are_confirmed_and_hear_of_it_later_once() throws Exception {
        String email = Door.newAddress("unheard");
        Registered person;
        running.system().stop("notification-service");
        try {
            person = door.register(CONFERENCE, "academic", email);
            door.pay(person);
            door.awaitStatus(person, "confirmed", SOON);
        } finally {
            running.system().start("notification-service");
        }

        await().atMost(SOON).until(() -> !door.mailsTo(email).isEmpty());

        awaitMailOfSomeoneElse();
        assertThat(door.mailsTo(email)).hasSize(1);
    }

    @Test
    void while_kafka_is_down_money_is_taken_and_the_seat_is_confirmed_when_it_returns() throws Exception {
        Registered person = door.register(CONFERENCE, "academic", Door.newAddress("cut.off"));
        String checkoutUrl = door.checkout(person);
        running.system().stop("kafka");
        try {
            door.enterCard(checkoutUrl, Door.CARD)
                    .has(200)
                    .assertThatText("/outcome")
                    .isEqualTo("captured");
            await().atMost(SOON)
                    .untilAsserted(() -> door.get("/api/payments/" + person.id(), person.bearer())
                            .assertThatText("/status")
                            .isEqualTo("captured"));
            door.registration(person).has(200).assertThatText("/status").isEqualTo("pending-payment");
        } finally {
            running.system().start("kafka");
        }

        door.awaitStatus(person, "confirmed", Duration.ofSeconds(5));
    }

    @Test
    void a_restart_of_everything_keeps_what_happened_and_sends_nothing_twice() throws Exception {
        String email = Door.newAddress("kept");
        Registered paid = door.register(CONFERENCE, "academic", email);
        door.pay(paid);
        door.awaitStatus(paid, "confirmed", SOON);
        await().atMost(SOON).until(() -> door.mailsTo(email).size() == 1);
        Registered held = door.register(CONFERENCE, "academic", Door.newAddress("held"));
        Instant moved = now().plus(Duration.ofMinutes(3));
        door.put("/api/rehearsal/clock", "{\"now\": \"" + moved + "\"}", Map.of())
                .has(200);
        int mails = door.get("/mailbox/messages").has(200).json().size();

        running.restart();

        assertThat(now()).isBetween(moved, moved.plus(Duration.ofMinutes(5)));
        door.registration(paid).has(200).assertThatText("/status").isEqualTo("confirmed");
        door.registration(paid).assertThatText("/payment/status").isEqualTo("captured");
        door.registration(held).has(200).assertThatText("/status").isEqualTo("pending-payment");
        awaitMailOfSomeoneElse();
        assertThat(door.mailsTo(email)).hasSize(1);
        List<String> ids = door.get("/mailbox/messages").json().findValuesAsString("messageId");
        assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(mails);
    }

    /** When a later person has a mail, what was due before has been sent, and a second one would have been. */
    private void awaitMailOfSomeoneElse() {
        String email = Door.newAddress("later");
        Registered later = door.register(CONFERENCE, "academic", email);
        door.pay(later);
        await().atMost(RESTARTED).until(() -> !door.mailsTo(email).isEmpty());
    }

    private Instant now() {
        return Instant.parse(door.get("/api/rehearsal/clock").has(200).at("/now"));
    }

    private static String commandLine(long pid) {
        return ProcessHandle.of(pid).orElseThrow().info().commandLine().orElse("");
    }
}
