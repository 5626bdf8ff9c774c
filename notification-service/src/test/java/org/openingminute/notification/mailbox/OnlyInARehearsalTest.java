package org.openingminute.notification.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Proves that the mailbox exists in a rehearsal only, with Spring's context runner. */
class OnlyInARehearsalTest {

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withBean(JsonMapper.class)
            .withUserConfiguration(
                    Settings.class, MailboxConfiguration.class, MailboxController.class, MailboxPageController.class)
            .withPropertyValues(
                    "notification.public-url=https://tickets.example.org",
                    "notification.access-token-keys=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                    "notification.smtp.host=mail.example.org",
                    "notification.smtp.from=registration@example.org");

    @Test
    void a_deployment_has_no_mailbox() {
        service.withPropertyValues("notification.mode=deployed")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(MailTrap.class)
                        .doesNotHaveBean(MailboxController.class)
                        .doesNotHaveBean(MailboxPageController.class));
    }

    @Test
    void a_rehearsal_has_one() {
        service.withPropertyValues("notification.mode=rehearsal", "notification.trap.port=1")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(MailboxController.class)
                        .hasSingleBean(MailboxPageController.class));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(NotificationServiceSettings.class)
    static class Settings {}
}
