package org.openingminute.notification.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import jakarta.mail.internet.AddressException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.notification.Settings;
import org.openingminute.notification.composition.ComposedMail;

/** Proves the SMTP client against a scripted server: connections, replies, time-outs and their outcomes. */
class MailServerIT {

    private static final UUID MAIL = UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57");

    private ScriptedMailServer remote;
    private MailServer server;

    @BeforeEach
    void start() throws IOException {
        remote = new ScriptedMailServer();
        server = server("20s");
    }

    /**
     * Creates a client.
     *
     * @param answerWithin the time-out of each reply of the server
     */
    private MailServer server(String answerWithin) {
        return new MailServer(
                Settings.with("smtp.port", "" + remote.port(), "smtp.answer-within", answerWithin),
                CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                        .slidingWindowSize(4)
                        .minimumNumberOfCalls(4)
                        .build()));
    }

    @AfterEach
    void stop() throws IOException {
        server.hangUp();
        remote.close();
    }

    @Test
    void a_mail_is_taken_and_the_connection_used_again() throws AddressException {
        assertThat(deliver()).isInstanceOf(DeliveryOutcome.Accepted.class);
        assertThat(deliver()).isInstanceOf(DeliveryOutcome.Accepted.class);

        assertThat(remote.mails)
                .hasSize(2)
                .allSatisfy(mail -> assertThat(mail).contains("Message-ID: <" + MAIL + "@tickets.example.org>"));
        assertThat(remote.connections).hasValue(1);
    }

    @Test
    void a_connection_that_was_closed_meanwhile_is_replaced() throws AddressException {
        assertThat(deliver()).isInstanceOf(DeliveryOutcome.Accepted.class);
        remote.answers.put("NOOP", ScriptedMailServer.HANG_UP);

        assertThat(deliver()).isInstanceOf(DeliveryOutcome.Accepted.class);
        assertThat(remote.connections).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "550 5.1.1 no such user",
                "550 5.1.2 no such system",
                "501 5.1.3 no address",
                "550-5.1.6 has moved\r\n550 5.1.6 and left no address",
                "556 5.1.10 takes no mail",
                "550 no such user",
                "551 user not local",
                "553 mailbox name not allowed",
                "550 <Ada@example.org>: unknown here",
                "550 Unrouteable address",
                "550 No such user at this host",
                "550 mailbox not hosted here",
                "550 User unknown on host mx1",
                "550 ada@example.org... not listed in Domino Directory",
                "550 <ada@example.org>: Recipient address rejected: User unknown in local recipient table",
                "550 Requested action not taken: mailbox unavailable",
                "550 <ada@example.org>: mailbox not found",
                "550 The recipient does not exist",
                "551 ada@example.org doesn't exist",
                "553 invalid mailbox",
                "550 user disabled"
            })
    void an_address_of_nobody_bounces(String answer) throws AddressException {
        remote.answers.put("RCPT", answer);

        assertThat(deliver()).isEqualTo(new DeliveryOutcome.Bounced(answer.replaceAll("\r\n", " ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "550 5.7.1 relaying denied",
                "554 5.7.26 unauthenticated sender",
                "552 5.2.2 mailbox full",
                "550 5.2.1 mailbox disabled",
                "550 5.1.8 bad sender",
                "550 5.4.1 access denied",
                "552 too much",
                "554 no",
                "550 relay not permitted",
                "550 ada@example.org... Relaying denied",
                "551 we do not relay",
                "553 sorry, that domain isn't in my list of allowed rcpthosts",
                "550 <registration@example.org>: Sender address rejected: User unknown",
                "550 User must authenticate first",
                "550 mailbox unavailable: your IP is on a list",
                "550 go away",
                "550 mailbox full",
                "550 <ada@example.org>: Client host rejected: cannot find your reverse hostname",
                "550 <ada@example.org>: you are listed at bl.example",
                "550 <ada@example.org>: bad reputation",
                "550 recipient reports abuse from you",
                "550 mails to this user are unwelcome",
                "550 <ada@example.org>: Access refused",
                "550 <ada@example.org>: Recipient address rejected: Access refused",
                "550 <ada@example.org>: rejected due to SPF",
                "550 <ada@example.org>: too many connections from 203.0.113.5",
                "550 mailbox unavailable: too many connections from 203.0.113.5",
                "550 <ada@example.org>: service refused, see https://mx.example/unknown",
                "550 <ada@example.org>: unknown host",
                "550 <ada@example.org>: Host not found",
                "550 ada@example.org: service unavailable to listed hosts"
            })
    void another_refusal_of_a_recipient_may_be_put_right(String answer) throws AddressException {
        remote.answers.put("RCPT", answer);

        assertThat(deliver()).isEqualTo(new DeliveryOutcome.Refused(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"550 5.7.1 not you", "550 5.1.8 no such domain", "554 5.7.1 on a list", "530 5.7.0 who are you"})
    void a_server_that_takes_no_mail_of_ours_says_nothing_about_this_one(String answer) throws AddressException {
        remote.answers.put("MAIL", answer);
        assertThat(deliver()).isEqualTo(new DeliveryOutcome.RefusedForNow(answer));
    }

    @Test
    void a_recipient_to_whom_only_accounts_may_write_is_no_bounce() throws AddressException {
        remote.answers.put("RCPT", "530 5.7.0 authenticate first");

        assertThat(deliver()).isEqualTo(new DeliveryOutcome.RefusedForNow("530 5.7.0 authenticate first"));
    }

    @Test
    void a_refusal_after_the_mail_is_about_the_mail_or_its_one_recipient() throws AddressException {
        remote.answers.put("END", "554 5.6.0 not this");
        assertThat(deliver()).isEqualTo(new DeliveryOutcome.Refused("554 5.6.0 not this"));

        remote.answers.put("END", "550 5.1.1 no such user");
        assertThat(deliver()).isEqualTo(new DeliveryOutcome.Bounced("550 5.1.1 no such user"));

        remote.answers.put("END", "550 content");
        assertThat(deliver()).isEqualTo(new DeliveryOutcome.Refused("550 content"));
    }

    @Test
    void hanging_up_does_not_wait_for_a_server_that_is_silent() throws AddressException {
        deliver();
        remote.answers.put("QUIT", ScriptedMailServer.SILENCE);

        assertThat(CompletableFuture.runAsync(server::hangUp)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void greylisting_is_a_refusal_for_now() throws AddressException {
        remote.answers.put("RCPT", "451 4.7.1 come again");

        assertThat(deliver()).isInstanceOf(DeliveryOutcome.RefusedForNow.class);
    }

    @Test
    void a_server_that_closes_is_not_about_this_mail() throws AddressException {
        remote.answers.put("RCPT", "421 4.3.2 closing");

        assertThat(deliver()).isInstanceOf(DeliveryOutcome.Unreachable.class);
    }

    @Test
    void silence_after_the_mail_was_handed_over_is_an_unknown_end() throws AddressException {
        server = server("5s");
        remote.answers.put("END", ScriptedMailServer.SILENCE);
        assertThat(deliver()).isInstanceOf(DeliveryOutcome.BrokenOff.class);

        remote.answers.put("END", ScriptedMailServer.HANG_UP);
        assertThat(deliver()).isInstanceOf(DeliveryOutcome.BrokenOff.class);
    }

    @Test
    void the_breaker_opens_on_silence_and_not_on_refusals() throws AddressException {
        remote.answers.put("RCPT", "550 5.1.1 no such user");
        for (int i = 0; i < 8; i++) {
            deliver();
        }
        assertThat(server.mayAnswer()).isTrue();

        remote.answers.put("RCPT", ScriptedMailServer.HANG_UP);
        for (int i = 0; i < 4; i++) {
            deliver();
        }
        assertThat(server.mayAnswer()).isFalse();
        int connections = remote.connections.get();
        assertThat(deliver()).isInstanceOf(DeliveryOutcome.Unreachable.class);
        assertThat(remote.connections).hasValue(connections);
    }

    private DeliveryOutcome deliver() throws AddressException {
        return server.deliver(
                MAIL,
                Envelope.address("ada@example.org"),
                new ComposedMail("MLSys 2026", "You are registered", "Dear Ada", "<p>Dear Ada</p>", "token"),
                Instant.parse("2030-01-01T12:00:00Z"));
    }
}
