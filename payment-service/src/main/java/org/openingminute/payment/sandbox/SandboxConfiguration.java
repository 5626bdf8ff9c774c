package org.openingminute.payment.sandbox;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.Ids;
import org.openingminute.payment.PaymentServiceSettings;
import org.openingminute.payment.web.Problem;
import org.openingminute.payment.web.ProblemCode;
import org.openingminute.payment.work.RepeatingJob;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.thymeleaf.ITemplateEngine;
import tools.jackson.databind.json.JsonMapper;

/** The sandbox is there in a rehearsal and nowhere else. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "payment.mode", havingValue = "rehearsal")
class SandboxConfiguration implements WebMvcConfigurer {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Faults faults;
    private final byte[] authorization;

    SandboxConfiguration(JdbcClient jdbc, PaymentServiceSettings settings) {
        this.faults = new Faults(jdbc);
        this.authorization = bytes("Bearer " + settings.sandbox().apiKey());
    }

    @Bean
    WebhookQueue sandboxWebhookQueue(JdbcClient jdbc, Clock clock, Ids ids) {
        return new WebhookQueue(jdbc, JSON, faults, clock, ids);
    }

    @Bean
    WebhookDelivery sandboxWebhookDelivery(WebhookQueue queue, PaymentServiceSettings settings, Clock clock) {
        String configured = settings.sandbox().webhookUrl();
        String target = configured.isBlank() ? settings.publicUrl() + "/api/payments/webhooks/sandbox" : configured;
        return new WebhookDelivery(queue, URI.create(target), settings.sandbox().webhookSecret(), clock);
    }

    @Bean
    SandboxRepository sandboxRepository(JdbcClient jdbc, PaymentServiceSettings settings) {
        return new SandboxRepository(jdbc, JSON, settings.publicUrl());
    }

    @Bean
    Sandbox sandbox(
            SandboxRepository repository,
            WebhookQueue queue,
            WebhookDelivery delivery,
            TransactionTemplate transaction,
            Clock clock) {
        return new Sandbox(repository, queue, delivery, transaction, clock);
    }

    @Bean
    RepeatingJob sandboxDisputes(Sandbox sandbox) {
        return new RepeatingJob("sandbox-disputes", Duration.ofMillis(500)) {
            @Override
            protected boolean work() {
                sandbox.dispute();
                return false;
            }
        };
    }

    @Bean
    CheckoutPageController sandboxCheckoutPage(Sandbox sandbox, ITemplateEngine templates) {
        return new CheckoutPageController(sandbox, faults, templates);
    }

    @Bean
    DeskController sandboxDesk(Sandbox sandbox) {
        return new DeskController(sandbox, faults);
    }

    @Bean
    ApiController sandboxApi(Sandbox sandbox) {
        return new ApiController(sandbox, faults);
    }

    /** The customer's calls need its key, and meet the troubles that are ordered. */
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new HandlerInterceptor() {
                    @Override
                    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
                        if (!hasKey(request.getHeader(HttpHeaders.AUTHORIZATION))) {
                            throw new Problem(ProblemCode.UNAUTHENTICATED, "The sandbox's key is needed.");
                        }
                        faults.beforeCall();
                        return true;
                    }
                })
                .addPathPatterns(ApiController.PATH + "/**");
    }

    private boolean hasKey(@Nullable String header) {
        return header != null && MessageDigest.isEqual(authorization, bytes(header));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
