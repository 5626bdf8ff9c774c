package org.openingminute.messaging.testing;

import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Wraps the pool of every service that a test starts in a {@link ConnectionGuard}. */
@AutoConfiguration
class ConnectionGuardAutoConfiguration {

    @Bean
    static BeanPostProcessor connectionGuard() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource pool
                        ? new ConnectionGuard(pool, ConnectionGuardListener::note)
                        : bean;
            }
        };
    }
}
