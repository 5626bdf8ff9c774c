package org.openingminute.ui;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Provides {@link Assets} everywhere, and {@link UiDialect} in every servlet application. */
@AutoConfiguration
class UiAutoConfiguration {

    @Bean
    Assets assets() {
        return new Assets();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class ServletConfiguration {

        private static final Set<String> READS = Set.of("GET", "HEAD");

        @Bean
        UiDialect uiDialect(Assets assets) {
            return new UiDialect(assets, () -> {
                if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes) {
                    HttpServletRequest request = attributes.getRequest();
                    return new UiDialect.RequestFacts(
                            request.getHeader(BusinessTime.HEADER), READS.contains(request.getMethod()));
                }
                return new UiDialect.RequestFacts(null, true);
            });
        }
    }
}
