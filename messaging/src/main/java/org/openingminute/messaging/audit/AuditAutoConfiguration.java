package org.openingminute.messaging.audit;

import org.openingminute.kit.access.CallerResolver;
import org.openingminute.messaging.Browse;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link AuditLog} and, in a service that identifies callers, the path at which it is read. */
@AutoConfiguration(
        afterName = {
            "org.openingminute.kit.access.AccessAutoConfiguration",
            "org.openingminute.messaging.BrowseAutoConfiguration"
        })
class AuditAutoConfiguration {

    @Bean
    AuditLog auditLog(JdbcClient jdbc, @Browse JdbcClient browse) {
        return new AuditLog(jdbc, browse);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(CallerResolver.class)
    static class Paths {

        @Bean
        AuditController auditController(CallerResolver callers, AuditLog audit) {
            return new AuditController(callers, audit);
        }
    }
}
