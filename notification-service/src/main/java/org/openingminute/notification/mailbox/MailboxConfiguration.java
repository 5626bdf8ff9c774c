package org.openingminute.notification.mailbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Only a rehearsal has a mailbox; a deployment does not have its paths. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRehearsal
class MailboxConfiguration implements WebMvcConfigurer {

    @Bean
    MailTrap mailTrap(NotificationServiceSettings settings) {
        return new MailTrap(settings.trap());
    }

    /**
     * Serves static files below a path that the gateway routes to this service. Time stamps in a jar are meaningless, so changes are
     * detected by content.
     */
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/mailbox/assets/**")
                .addResourceLocations("classpath:/mailbox/")
                .setUseLastModified(false)
                .setEtagGenerator(MailboxConfiguration::etag)
                .setCacheControl(CacheControl.maxAge(Duration.ofMinutes(10)).cachePublic());
    }

    private static String etag(Resource file) {
        try {
            return "\"" + DigestUtils.md5DigestAsHex(file.getContentAsByteArray()) + "\"";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
