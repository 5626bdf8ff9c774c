package org.openingminute.messaging.operations;

import java.util.Set;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.messaging.Browse;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.audit.AuditLog;
import org.openingminute.messaging.inbox.Redelivery;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.transaction.support.TransactionTemplate;

/** Provides {@link DeadLetters} and, in a service that identifies callers, the operators' endpoints. */
@AutoConfiguration(
        afterName = {
            "org.openingminute.kit.access.AccessAutoConfiguration",
            "org.openingminute.messaging.audit.AuditAutoConfiguration",
            "org.openingminute.messaging.outbox.OutboxAutoConfiguration",
            "org.openingminute.messaging.inbox.InboxAutoConfiguration"
        })
@ConditionalOnClass(KafkaAdmin.class)
class OperatorsAutoConfiguration {

    /** The default for a service that declares no technical keys: every value is masked. */
    @Bean
    @ConditionalOnMissingBean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of());
    }

    @Bean
    OperatorAudit operatorActs(JdbcClient jdbc, AuditLog audit, MessagingSetting setting) {
        return new OperatorAudit(jdbc, audit, setting.group());
    }

    @Bean
    DeadLetterRepository deadLetterRows(JdbcClient jdbc, @Browse JdbcClient browse, PayloadMask mask) {
        return new DeadLetterRepository(jdbc, browse, mask);
    }

    @Bean
    DeadLetterUpkeep deadLetterUpkeep(DeadLetterRepository deadLetters) {
        return new DeadLetterUpkeep(deadLetters);
    }

    @Bean
    DeadLetters deadLetters(
            DeadLetterRepository deadLetters,
            JdbcClient jdbc,
            PayloadMask mask,
            OperatorAudit audit,
            Redelivery redelivery,
            TransactionTemplate transaction) {
        return new DeadLetters(
                deadLetters, audit, redelivery, new DryRun(jdbc, transaction, redelivery, mask), transaction);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(CallerResolver.class)
    static class Paths {

        @Bean
        OperatorController operatorController(
                CallerResolver callers,
                DeadLetters deadLetters,
                Outbox outbox,
                OperatorAudit audit,
                ObjectProvider<StatePublisher> states,
                MessagingSetting setting) {
            return new OperatorController(
                    callers, deadLetters, outbox, audit, states.orderedStream().toList(), setting);
        }
    }
}
