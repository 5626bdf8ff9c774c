package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Proves defaults and validation of the settings, bound by Spring Boot without a running service. */
class NotificationServiceSettingsTest {

    private static final Map<String, String> DEPLOYED = Map.of(
            "notification.public-url", "https://tickets.example.org",
            "notification.access-token-keys", "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
            "notification.smtp.host", "mail.example.org",
            "notification.smtp.from", "registration@example.org");

    @Test
    void deployment_requires_only_settings_without_a_default() {
        NotificationServiceSettings settings = read(DEPLOYED);

        assertThat(settings.mode()).isEqualTo(NotificationServiceSettings.Mode.DEPLOYED);
        assertThat(settings.staff().trust(settings.publicUrl()))
                .isEqualTo(StaffTrust.ofGateway("https://tickets.example.org", "", ""));
        assertThat(settings.publicHost()).isEqualTo("tickets.example.org");
        assertThat(settings.smtp().port()).isEqualTo(25);
        assertThat(settings.pace())
                .isEqualTo(new NotificationServiceSettings.Pace(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(10),
                        Duration.ofDays(5),
                        Duration.ofHours(8),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(15),
                        8,
                        4,
                        100,
                        5,
                        20));
        assertThat(settings.mails()).isEqualTo(new NotificationServiceSettings.Mails(3, 10, 3));
    }

    @Test
    void a_deployment_that_lacks_something_does_not_start() {
        for (String key : DEPLOYED.keySet()) {
            Map<String, String> lacking = new HashMap<>(DEPLOYED);
            lacking.put(key, "");
            assertThatThrownBy(() -> read(lacking)).as(key).rootCause().hasMessageContaining("missing");
        }
    }

    @Test
    void a_rehearsal_has_an_address_and_a_sender() {
        NotificationServiceSettings settings = read(Map.of(
                "notification.mode", "rehearsal",
                "notification.access-token-keys", "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                "notification.smtp.host", "localhost"));

        assertThat(settings.publicUrl()).isEqualTo("http://localhost:8080");
        assertThat(settings.smtp().from()).isEqualTo("registration@localhost");
    }

    @ParameterizedTest
    @CsvSource({
        "mails.unpaid-per-hour, 0, NOTIFICATION_MAILS_UNPAIDPERHOUR must be above zero",
        "mails.unpaid-per-day, 2, NOTIFICATION_MAILS_UNPAIDPERDAY is below NOTIFICATION_MAILS_UNPAIDPERHOUR",
        "mails.requested-per-hour, -1, NOTIFICATION_MAILS_REQUESTEDPERHOUR must be above zero"
    })
    void a_limit_that_cannot_hold_is_refused(String key, String value, String why) {
        assertThatThrownBy(() -> Settings.with(key, value)).rootCause().hasMessage(why);
    }

    @Test
    void keys_that_cannot_be_used_are_refused_here() {
        Map<String, String> wrong = new HashMap<>(DEPLOYED);
        wrong.put("notification.access-token-keys", "k1:c2hvcnQ");
        assertThatThrownBy(() -> read(wrong)).rootCause().hasMessageContaining("ACCESS_TOKEN_KEYS is shorter");
    }

    @Test
    void a_public_url_is_a_web_address_without_a_slash_at_the_end() {
        for (String url :
                new String[] {"https://tickets.example.org/", "tickets.example.org", "ftp://example.org", "a b"}) {
            Map<String, String> wrong = new HashMap<>(DEPLOYED);
            wrong.put("notification.public-url", url);
            assertThatThrownBy(() -> read(wrong)).as(url).rootCause().hasMessageContaining("PUBLIC_URL");
        }
    }

    @Test
    void secrets_are_not_shown() {
        Map<String, String> secret = new HashMap<>(DEPLOYED);
        secret.put("notification.smtp.password", "hidden");
        assertThat(read(secret).toString() + read(secret).smtp())
                .doesNotContain("hidden", "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE");
    }

    private static NotificationServiceSettings read(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("notification", NotificationServiceSettings.class);
    }

    @Test
    void a_line_is_as_safe_as_the_account_needs() {
        assertThat(Settings.with().smtp().line()).isEqualTo(NotificationServiceSettings.Security.STARTTLS_IF_OFFERED);
        assertThat(Settings.with("smtp.user", "ada").smtp().line())
                .isEqualTo(NotificationServiceSettings.Security.STARTTLS);
        assertThat(Settings.with("smtp.user", "ada", "smtp.security", "tls")
                        .smtp()
                        .line())
                .isEqualTo(NotificationServiceSettings.Security.TLS);
        assertThat(Settings.with("smtp.authorities", "ours.pem").smtp().line())
                .isEqualTo(NotificationServiceSettings.Security.STARTTLS);
        assertThatThrownBy(() -> Settings.with("smtp.authorities", "ours.pem", "smtp.security", "starttls-if-offered"))
                .rootCause()
                .hasMessageContaining("SMTP_AUTHORITIES");
        assertThatThrownBy(() -> Settings.with("smtp.security", "perhaps"))
                .rootCause()
                .hasMessageContaining("SMTP_SECURITY must be");
    }
}
