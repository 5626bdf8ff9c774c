package org.openingminute.notification.documents;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.nio.charset.StandardCharsets;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Gives documents texts and a template engine of their own, as mails have. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DocumentConfiguration.DocumentSettings.class)
class DocumentConfiguration {

    @Bean
    DocumentDrawing documentDrawing(
            DocumentSettings documents, NotificationServiceSettings settings, BulkheadRegistry bulkheads) {
        Bulkhead processors = bulkheads.bulkhead("documents");
        return new DocumentDrawing(
                new Pages(
                        templates(),
                        messages(),
                        documents.letter(),
                        settings.mode() == NotificationServiceSettings.Mode.REHEARSAL),
                new PdfPrinter(documents.fonts()),
                processors);
    }

    @Bean
    CalendarEntry calendarEntry(NotificationServiceSettings settings) {
        return new CalendarEntry(
                messages(), settings.publicUrl(), settings.smtp().from());
    }

    static ITemplateEngine templates() {
        ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver();
        resolver.setPrefix("documents/");
        resolver.setSuffix(".html");
        resolver.setCharacterEncoding(StandardCharsets.UTF_8.name());
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(resolver);
        engine.setTemplateEngineMessageSource(messages());
        return engine;
    }

    static MessageSource messages() {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
        messages.setBasename("documents/words");
        messages.setDefaultEncoding(StandardCharsets.UTF_8.name());
        messages.setFallbackToSystemLocale(false);
        // With this, apostrophes are escaped the same way in every message.
        messages.setAlwaysUseMessageFormat(true);
        return messages;
    }

    /**
     * The settings of documents.
     *
     * @param fonts a folder of TrueType fonts ({@code .ttf}) for scripts that the built-in one cannot write; empty for none
     */
    @ConfigurationProperties(prefix = "documents", ignoreUnknownFields = false)
    record DocumentSettings(
            @DefaultValue("") String fonts, @DefaultValue Letter letter) {

        /**
         * The sender of invitation letters. Empty values are left out; without a name the sender is the conference's
         * organisers.
         *
         * @param senderName the sender of invitation letters; the conference's organisers if empty
         * @param senderAddress address of the sender of invitation letters, lines separated by vertical bars
         * @param signedBy the person who signs invitation letters
         * @param signedAs position of the person who signs invitation letters
         * @param contact where a letter can be verified, such as a mail address
         */
        record Letter(
                @DefaultValue("") String senderName,
                @DefaultValue("") String senderAddress,
                @DefaultValue("") String signedBy,
                @DefaultValue("") String signedAs,
                @DefaultValue("") String contact) {}
    }
}
