package org.openingminute.notification.documents;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.nio.charset.StandardCharsets;
import org.openingminute.notification.NotificationSettings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Documents have words and a template engine of their own, as mails do. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DocumentSettings.class)
class DocumentConfiguration {

    @Bean
    DocumentDrawing documentDrawing(
            DocumentSettings documents, NotificationSettings settings, BulkheadRegistry bulkheads) {
        Bulkhead processors = bulkheads.bulkhead("documents");
        return new DocumentDrawing(
                new Pages(
                        templates(),
                        words(),
                        documents.letter(),
                        settings.mode() == NotificationSettings.Mode.REHEARSAL),
                new PdfPrinter(documents.fonts()),
                processors);
    }

    @Bean
    CalendarEntry calendarEntry(NotificationSettings settings) {
        return new CalendarEntry(words(), settings.publicUrl(), settings.smtp().from());
    }

    static ITemplateEngine templates() {
        ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver();
        resolver.setPrefix("documents/");
        resolver.setSuffix(".html");
        resolver.setCharacterEncoding(StandardCharsets.UTF_8.name());
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(resolver);
        engine.setTemplateEngineMessageSource(words());
        return engine;
    }

    static MessageSource words() {
        ResourceBundleMessageSource words = new ResourceBundleMessageSource();
        words.setBasename("documents/words");
        words.setDefaultEncoding(StandardCharsets.UTF_8.name());
        words.setFallbackToSystemLocale(false);
        // Then an apostrophe is written the same way in every line.
        words.setAlwaysUseMessageFormat(true);
        return words;
    }
}
