package org.openingminute.messaging.operators;

import java.util.Set;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.Redelivery;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.RestController;

/** {@link DeadLetters}, and, in a service that has an {@link OperatorDoor}, the paths for its operators. */
@AutoConfiguration(
        afterName = {
            "org.openingminute.messaging.outbox.OutboxAutoConfiguration",
            "org.openingminute.messaging.inbox.InboxAutoConfiguration"
        })
@ConditionalOnClass(KafkaAdmin.class)
class OperatorsAutoConfiguration {

    /** A service that calls nothing technical is shown nothing. */
    @Bean
    @ConditionalOnMissingBean
    PayloadMask payloadMask() {
        return new PayloadMask(Set.of());
    }

    @Bean
    OperatorActs operatorActs(JdbcClient jdbc) {
        return new OperatorActs(jdbc);
    }

    @Bean
    LetterRepository deadLetterRows(JdbcClient jdbc, PayloadMask mask) {
        return new LetterRepository(jdbc, mask);
    }

    @Bean
    LetterUpkeep deadLetterUpkeep(LetterRepository letters) {
        return new LetterUpkeep(letters);
    }

    @Bean
    DeadLetters deadLetters(
            LetterRepository letters,
            JdbcClient jdbc,
            PayloadMask mask,
            OperatorActs acts,
            Redelivery redelivery,
            TransactionTemplate transaction) {
        return new DeadLetters(letters, acts, redelivery, new DryRun(jdbc, transaction, redelivery, mask), transaction);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RestController.class)
    @ConditionalOnBean(OperatorDoor.class)
    static class Paths {

        @Bean
        OperatorController operatorController(
                OperatorDoor door, DeadLetters letters, Outbox outbox, OperatorActs acts, MessagingSetting setting) {
            return new OperatorController(door, letters, outbox, acts, setting);
        }
    }
}
