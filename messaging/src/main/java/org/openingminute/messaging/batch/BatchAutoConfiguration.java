package org.openingminute.messaging.batch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.openingminute.messaging.TraceContext;
import org.openingminute.messaging.outbox.OrderLocks;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;

/** Provides {@link CommitQueues}. */
@AutoConfiguration(afterName = "org.openingminute.messaging.outbox.OutboxAutoConfiguration")
@ConditionalOnBean(OrderLocks.class)
class BatchAutoConfiguration {

    @Bean
    CommitQueues commitQueues(
            OrderLocks locks,
            PlatformTransactionManager transactions,
            TraceContext traces,
            ObjectProvider<MeterRegistry> meters) {
        return new CommitQueues(locks, transactions, traces, meters.getIfAvailable(SimpleMeterRegistry::new));
    }
}
