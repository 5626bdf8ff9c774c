package org.openingminute.notification.mailbox;

import org.openingminute.notification.NotificationSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** A rehearsal alone has a mailbox; elsewhere its paths are not there. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRehearsal
class MailboxConfiguration {

    @Bean(destroyMethod = "hangUp")
    MailTrap mailTrap(NotificationSettings settings, JsonMapper json) {
        return new MailTrap(settings.trap(), json);
    }
}
