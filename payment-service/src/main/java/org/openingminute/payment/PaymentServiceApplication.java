package org.openingminute.payment;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Clock;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.openingminute.messaging.Topics;
import org.openingminute.payment.access.Access;
import org.openingminute.payment.provider.GuardedProvider;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.provider.SandboxProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.client.RestClient;

/** Takes money in and gives it back. */
@SpringBootApplication
@EnableConfigurationProperties(PaymentServiceSettings.class)
public class PaymentServiceApplication {

    /** Starts the service, or says in one line why it cannot. */
    public static void main(String[] arguments) {
        PaymentServiceSettings.complaint(System::getenv)
                .ifPresentOrElse(
                        PaymentServiceApplication::refuse,
                        () -> SpringApplication.run(PaymentServiceApplication.class, arguments));
    }

    private static void refuse(String complaint) {
        System.err.println("payment-service cannot start: " + complaint);
        System.exit(1);
    }

    @Bean
    NewTopic paymentEvents(Topics topics) {
        return topics.kept("payment.events.v1");
    }

    @Bean
    Access access(PaymentServiceSettings settings) {
        return new Access(
                settings.accessTokenKeys(),
                settings.staffKeys().orElse(null),
                settings.staffIssuer(),
                settings.publicUrl());
    }

    @Bean
    Providers providers(ObjectProvider<PaymentProvider> configured) {
        return new Providers(configured.orderedStream().toList());
    }

    @Bean
    @ConditionalOnProperty(name = "payment.mode", havingValue = "rehearsal")
    SandboxProvider.Account sandboxAccount(PaymentServiceSettings settings, Environment environment) {
        String configured = settings.sandbox().url();
        Supplier<String> url = () -> configured.isBlank()
                ? "http://127.0.0.1:" + environment.getRequiredProperty("local.server.port")
                : configured;
        return new SandboxProvider.Account(
                url, settings.sandbox().apiKey(), settings.sandbox().webhookSecret(), settings.publicUrl());
    }

    @Bean
    @ConditionalOnProperty(name = "payment.mode", havingValue = "rehearsal")
    PaymentProvider sandboxProvider(
            RestClient.Builder http, SandboxProvider.Account account, Clock clock, GuardedProvider.Limits limits) {
        return new GuardedProvider(new SandboxProvider(http, account, clock), limits);
    }

    @Bean
    GuardedProvider.Limits providerLimits(
            CircuitBreakerRegistry breakers, BulkheadRegistry bulkheads, RetryRegistry retries) {
        return new GuardedProvider.Limits(breakers, bulkheads, retries);
    }
}
