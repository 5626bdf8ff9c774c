package org.openingminute.registration.ops;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Authenticates the caller before a path with a malformed id is refused. A registrant's token is valid for one registration only, so
 * registrants learn nothing about other ids; only staff get 404.
 */
@Configuration(proxyBeanMethods = false)
class UnreadableIds {

    @Bean
    WebMvcConfigurer callersBeforeIds(CallerResolver callers) {
        HandlerInterceptor check = new HandlerInterceptor() {
            @Override
            public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
                registration(request).ifPresent(id -> callers.forContact(request, id, Permission.READ_REGISTRATION));
                return true;
            }
        };
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(check).addPathPatterns("/api/registrations/**");
            }
        };
    }

    /** Returns the registration's id from the path if any id in the path is malformed. */
    private static Optional<String> registration(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> path
                        && path.get("id") instanceof String id
                        && !path.values().stream().allMatch(UnreadableIds::isId)
                ? Optional.of(id)
                : Optional.empty();
    }

    private static boolean isId(Object text) {
        try {
            var _ = UUID.fromString(text.toString());
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
