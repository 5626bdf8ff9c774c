package org.openingminute.notification.composition;

import java.nio.charset.StandardCharsets;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Gives mails a template engine of their own, so that the pages' engine does not process their plain-text templates. */
@Configuration(proxyBeanMethods = false)
class CompositionConfiguration {

    @Bean
    MailComposer mailComposer(AccessTokens tokens, NotificationServiceSettings settings, OwnWordings wordings) {
        return new MailComposer(templates(), messages(), tokens, settings.publicUrl(), wordings);
    }

    @Bean
    AnnouncementComposer announcementComposer(NotificationServiceSettings settings) {
        return new AnnouncementComposer(templates(), messages(), settings.publicUrl(), settings.publicHost());
    }

    static ITemplateEngine templates() {
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.addTemplateResolver(resolver("*.html", TemplateMode.HTML));
        engine.addTemplateResolver(resolver("*.txt", TemplateMode.TEXT));
        return engine;
    }

    private static ClassLoaderTemplateResolver resolver(String names, TemplateMode mode) {
        ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver();
        resolver.setPrefix("mails/");
        resolver.setTemplateMode(mode);
        resolver.setCharacterEncoding(StandardCharsets.UTF_8.name());
        resolver.getResolvablePatternSpec().addPattern(names);
        return resolver;
    }

    static MessageSource messages() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("mails/words");
        messages.setDefaultEncoding(StandardCharsets.UTF_8.name());
        messages.setFallbackToSystemLocale(false);
        // With this, apostrophes are escaped the same way in every message.
        messages.setAlwaysUseMessageFormat(true);
        return messages;
    }
}
