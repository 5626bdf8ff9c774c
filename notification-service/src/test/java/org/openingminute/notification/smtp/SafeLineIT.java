package org.openingminute.notification.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import jakarta.mail.internet.AddressException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.notification.Settings;
import org.openingminute.notification.composition.ComposedMail;

/** Proves encryption, authentication and the rate of connections to a mail server, with a scripted server. */
class SafeLineIT {

    private static final String TLS_AND_ACCOUNT = "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN";

    @TempDir
    static Path folder;

    private static Certificates certificates;

    @BeforeAll
    static void keys() throws IOException, GeneralSecurityException, InterruptedException {
        certificates = Certificates.in(folder);
    }

    @Test
    void account_is_sent_only_after_starttls() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer(certificates.server(), false)) {
            remote.answers.put("EHLO", TLS_AND_ACCOUNT);
            remote.answers.put("AUTH", "235 welcome");
            DeliveryOutcome delivery = deliver(remote, account());

            assertThat(delivery).isEqualTo(new DeliveryOutcome.Accepted("250 fine"));
            assertThat(remote.mails).hasSize(1);
            assertThat(remote.commands)
                    .contains("open STARTTLS")
                    .anyMatch(command -> command.startsWith("secret AUTH"))
                    .anyMatch(command -> command.startsWith("secret RCPT"))
                    .noneMatch(command -> command.startsWith("open AUTH") || command.startsWith("open MAIL"));
        }
    }

    @Test
    void a_server_without_starttls_gets_neither_account_nor_mail() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer()) {
            remote.answers.put("EHLO", "250-here\r\n250 AUTH PLAIN LOGIN");

            assertThat(deliver(remote, account()))
                    .isEqualTo(new DeliveryOutcome.Unreachable("there is no safe connection to the mail server"));
            assertThat(remote.commands).noneMatch(command -> command.contains("AUTH"));
            assertThat(remote.mails).isEmpty();
        }
    }

    @Test
    void opportunistic_tls_accepts_any_certificate() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer(certificates.server(), false)) {
            remote.answers.put("EHLO", TLS_AND_ACCOUNT);

            assertThat(deliver(remote, List.of())).isInstanceOf(DeliveryOutcome.Accepted.class);
            assertThat(remote.commands)
                    .contains("open STARTTLS")
                    .anyMatch(command -> command.startsWith("secret MAIL"))
                    .noneMatch(command -> command.startsWith("open MAIL"));
        }
    }

    @Test
    void required_tls_needs_a_trusted_certificate() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer(certificates.server(), false)) {
            remote.answers.put("EHLO", TLS_AND_ACCOUNT);

            assertThat(deliver(remote, List.of("smtp.security", "starttls")))
                    .isEqualTo(new DeliveryOutcome.Unreachable("there is no safe connection to the mail server"));
            assertThat(remote.mails).isEmpty();
        }
    }

    @Test
    void untrusted_server_gets_no_mail() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer(certificates.server(), true)) {
            assertThat(deliver(remote, List.of("smtp.security", "tls")))
                    .isEqualTo(new DeliveryOutcome.Unreachable("there is no safe connection to the mail server"));
            assertThat(remote.mails).isEmpty();
        }
    }

    @Test
    void tls_from_the_first_byte() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer(certificates.server(), true)) {
            assertThat(deliver(
                            remote,
                            List.of(
                                    "smtp.security",
                                    "tls",
                                    "smtp.authorities",
                                    certificates.authorities().toString())))
                    .isInstanceOf(DeliveryOutcome.Accepted.class);
            assertThat(remote.commands).isNotEmpty().allMatch(command -> command.startsWith("secret "));
        }
    }

    @Test
    void an_open_line_where_it_is_asked_for() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer(certificates.server(), false)) {
            remote.answers.put("EHLO", TLS_AND_ACCOUNT);

            assertThat(deliver(remote, List.of("smtp.security", "off"))).isInstanceOf(DeliveryOutcome.Accepted.class);
            assertThat(remote.commands).noneMatch(command -> command.contains("STARTTLS"));
        }
    }

    @Test
    void refused_account_is_reported_as_such() throws Exception {
        try (ScriptedMailServer remote = new ScriptedMailServer(certificates.server(), false)) {
            remote.answers.put("EHLO", TLS_AND_ACCOUNT);
            remote.answers.put("AUTH", "535 5.7.8 no");

            assertThat(deliver(remote, account()))
                    .isEqualTo(new DeliveryOutcome.Unreachable("the mail server does not accept our account"));
        }
    }

    @Test
    void a_password_over_an_open_line_is_refused_at_the_start() {
        assertThatThrownBy(() -> Settings.with("smtp.user", "ada", "smtp.password", "secret", "smtp.security", "off"))
                .rootCause()
                .hasMessageContaining("SMTP_SECURITY");
    }

    @Test
    void mails_leave_at_the_rate_that_is_configured() throws InterruptedException {
        // Permits come at fixed times: the eleventh comes half a second after the start, even if others are taken late.
        long begun = System.nanoTime();
        MailServer server = new MailServer(Settings.with("pace.per-second", "20"), CircuitBreakerRegistry.ofDefaults());
        for (int mail = 0; mail < 11; mail++) {
            server.rate().await();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(440));
    }

    private static List<String> account() {
        return List.of(
                "smtp.user", "ada",
                "smtp.password", "secret",
                "smtp.authorities", certificates.authorities().toString());
    }

    private static DeliveryOutcome deliver(ScriptedMailServer remote, List<String> given) throws AddressException {
        List<String> settings = new ArrayList<>(given);
        settings.addAll(List.of("smtp.port", "" + remote.port(), "smtp.answer-within", "20s"));
        MailServer server =
                new MailServer(Settings.with(settings.toArray(String[]::new)), CircuitBreakerRegistry.ofDefaults());
        try {
            return server.deliver(
                    UUID.fromString("019c1f4b-fe80-7025-8065-5a1d316edc57"),
                    Envelope.address("ada@example.org"),
                    new ComposedMail("MLSys 2026", "You are registered", "Dear Ada", "<p>Dear Ada</p>", "token"),
                    Instant.parse("2030-01-01T12:00:00Z"));
        } finally {
            server.hangUp();
        }
    }
}
