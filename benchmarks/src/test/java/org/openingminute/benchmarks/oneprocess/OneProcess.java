package org.openingminute.benchmarks.oneprocess;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Clock;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.kit.web.AddressForm;
import org.openingminute.messaging.TraceContext;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.composition.OwnWordings;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.ops.Localizer;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.SandboxProvider;
import org.openingminute.registration.decision.Decisions;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.MessageSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.thymeleaf.autoconfigure.ThymeleafAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.client.RestClient;

/**
 * A straightforward implementation for one machine: the same HTTP calls, the services' rules, mails and sandbox, a thread for each request
 * and a transaction for each step. {@link OneProcessServer} starts it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    ConfigurationPropertiesAutoConfiguration.class,
    PropertyPlaceholderAutoConfiguration.class,
    MessageSourceAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    HttpClientAutoConfiguration.class,
    TomcatServletWebServerAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    ThymeleafAutoConfiguration.class,
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    TransactionAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    JdbcClientAutoConfiguration.class,
    FlywayAutoConfiguration.class
})
@EnableConfigurationProperties({PaymentServiceSettings.class, NotificationServiceSettings.class})
@ComponentScan({
    "org.openingminute.benchmarks.oneprocess",
    "org.openingminute.payment.sandbox",
    "org.openingminute.notification.smtp",
    "org.openingminute.notification.composition"
})
@Import({Decisions.class, Localizer.class})
class OneProcess {

    public static void main(String[] arguments) {
        SpringApplication.run(OneProcess.class, arguments);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Ids ids() {
        return Ids.timeOrdered();
    }

    @Bean
    TraceContext traceContext() {
        return TraceContext.none();
    }

    @Bean
    CircuitBreakerRegistry breakers() {
        return CircuitBreakerRegistry.ofDefaults();
    }

    @Bean
    OwnWordings ownWordings() {
        return OwnWordings.NONE;
    }

    @Bean
    AccessSettings accessSettings(PaymentServiceSettings settings) {
        return new AccessSettings(settings.publicUrl(), settings.accessTokenKeys(), StaffTrust.NONE);
    }

    @Bean
    AddressForm addressForm() {
        return AddressForm.REHEARSAL;
    }

    @Bean
    AccessTokens accessTokens(AccessSettings settings) {
        return AccessTokens.of(settings.tokenKeys());
    }

    @Bean
    CardProvider provider(PaymentServiceSettings settings, Clock clock, Environment environment) {
        return new SandboxProvider(
                RestClient.builder(),
                new SandboxProvider.Account(
                        () -> "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port"),
                        settings.sandbox().apiKey(),
                        settings.sandbox().webhookSecret(),
                        settings.publicUrl()),
                clock);
    }
}
