package org.openingminute.payment.sandbox;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.payment.PaymentServiceSettings;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Requires the key on the customer's calls, and applies the configured faults to them. */
@Component
@RehearsalOnly
final class ApiKey implements WebMvcConfigurer, HandlerInterceptor {

    private final Faults faults;
    private final byte[] authorization;

    ApiKey(Faults faults, PaymentServiceSettings settings) {
        this.faults = faults;
        this.authorization = bytes("Bearer " + settings.sandbox().apiKey());
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns(ApiController.PATH + "/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!isRight(request.getHeader(HttpHeaders.AUTHORIZATION))) {
            throw new Problem(CommonProblem.UNAUTHENTICATED, "The sandbox's key is required.");
        }
        faults.beforeCall();
        return true;
    }

    private boolean isRight(@Nullable String header) {
        return header != null && MessageDigest.isEqual(authorization, bytes(header));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
