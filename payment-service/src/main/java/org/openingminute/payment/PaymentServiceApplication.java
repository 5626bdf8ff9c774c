package org.openingminute.payment;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import java.time.Clock;
import java.util.Comparator;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.openingminute.kit.access.AccessSettings;
import org.openingminute.messaging.Topics;
import org.openingminute.messaging.audit.AuditClock;
import org.openingminute.payment.provider.CardProvider;
import org.openingminute.payment.provider.GuardedProvider;
import org.openingminute.payment.provider.PaymentProvider;
import org.openingminute.payment.provider.Providers;
import org.openingminute.payment.provider.SandboxProvider;
import org.openingminute.payment.stripe.StripeProvider;
import org.openingminute.ui.RequestTime;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.client.RestClient;

/** Takes payments and makes refunds. */
@SpringBootApplication
@EnableConfigurationProperties(PaymentServiceSettings.class)
public class PaymentServiceApplication {

    /** Effectively no limit. */
    private static final int SANDBOX_CALLS_PER_SECOND = 10_000;

    public static void main(String[] arguments) {
        SpringApplication.run(PaymentServiceApplication.class, arguments);
    }

    @Bean
    NewTopic paymentEvents(Topics topics) {
        return topics.kept("payment.events.v1");
    }

    @Bean
    NewTopic paymentProgress(Topics topics) {
        return topics.latest("payment.progress.v1");
    }

    @Bean
    AccessSettings accessSettings(PaymentServiceSettings settings) {
        return new AccessSettings(settings.publicUrl(), settings.accessTokenKeys(), settings.staffTrust());
    }

    @Bean
    RequestTime requestTime(Clock clock, PaymentServiceSettings settings) {
        return new RequestTime(clock, settings.mode() == PaymentServiceSettings.Mode.REHEARSAL);
    }

    @Bean
    AuditClock auditClock(RequestTime time) {
        return time::fromRequest;
    }

    /** The provider of new card sessions comes first. */
    @Bean
    Providers providers(
            ObjectProvider<CardProvider> configured,
            @Qualifier("invoiceProvider") PaymentProvider transfers,
            PaymentServiceSettings settings) {
        return new Providers(
                configured
                        .orderedStream()
                        .sorted(Comparator.comparing(
                                provider -> !provider.name().equals(settings.cardProvider())))
                        .toList(),
                transfers);
    }

    @Bean
    @Conditional(StripeIsConfigured.class)
    CardProvider stripeProvider(PaymentServiceSettings settings, Clock clock, GuardedProvider.CallLimits limits) {
        PaymentServiceSettings.Stripe stripe = settings.stripe();
        StripeProvider.StripeAccount account = new StripeProvider.StripeAccount(
                stripe.apiKey(), stripe.webhookSecret(), stripe.apiBase(), stripe.apiVersion(), settings.publicUrl());
        return new GuardedProvider(new StripeProvider(account, clock), stripe.callsPerSecond(), limits);
    }

    /** An empty environment variable counts as absent. */
    static final class StripeIsConfigured implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !context.getEnvironment()
                    .getProperty("payment.stripe.api-key", "")
                    .isBlank();
        }
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
    CardProvider sandboxProvider(
            RestClient.Builder http, SandboxProvider.Account account, Clock clock, GuardedProvider.CallLimits limits) {
        return new GuardedProvider(new SandboxProvider(http, account, clock), SANDBOX_CALLS_PER_SECOND, limits);
    }

    @Bean
    GuardedProvider.CallLimits providerLimits(
            CircuitBreakerRegistry breakers,
            BulkheadRegistry bulkheads,
            RateLimiterRegistry rateLimiters,
            RetryRegistry retries,
            TimeLimiterRegistry timeLimiters) {
        return new GuardedProvider.CallLimits(breakers, bulkheads, rateLimiters, retries, timeLimiters);
    }
}
