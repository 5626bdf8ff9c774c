package org.openingminute.messaging.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.openingminute.messaging.MessageBroker;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A service that only writes: it has an outbox and no relay. */
final class Writer implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final String topic;

    Writer(String databaseUrl, String topic) {
        this(
                new SpringApplicationBuilder(Writing.class)
                        .web(WebApplicationType.NONE)
                        .registerShutdownHook(false)
                        .properties(Map.of(
                                "spring.application.name", "writer",
                                "spring.datasource.url", databaseUrl,
                                "spring.datasource.username", "postgres",
                                "spring.datasource.password", "postgres",
                                "spring.flyway.locations", "classpath:db/messaging",
                                "spring.kafka.bootstrap-servers", "127.0.0.1:1",
                                // Its Kafka clients would log several hundred times a second that no broker answers.
                                "logging.level.org.apache.kafka", "error"))
                        .run(),
                topic);
    }

    /** Writes through a service that is already running. */
    Writer(ConfigurableApplicationContext context, String topic) {
        this.context = context;
        this.topic = topic;
    }

    Outbox outbox() {
        return context.getBean(Outbox.class);
    }

    JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    TransactionTemplate transaction() {
        return context.getBean(TransactionTemplate.class);
    }

    OrderLocks locks() {
        return context.getBean(OrderLocks.class);
    }

    /** A broker connection that never gets an answer. */
    MessageBroker broker() {
        return context.getBean(MessageBroker.class);
    }

    /** Writes one message per key, in one transaction and under one lock. Returns their ids. */
    List<UUID> write(String lock, List<String> keys, long sequence) {
        return transaction().execute(_ -> append(locks().takeFor(lock), keys, sequence));
    }

    List<UUID> append(OrderLock lock, List<String> keys, long sequence) {
        List<OutgoingMessage> messages = new ArrayList<>();
        for (String key : keys) {
            messages.add(new OutgoingMessage(topic, key, "thing.happened.v1", sequence, Map.of("n", sequence)));
        }
        return outbox().appendAll(lock, messages);
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Writing {

        @Bean
        static BeanDefinitionRegistryPostProcessor withoutRelay() {
            return new BeanDefinitionRegistryPostProcessor() {
                @Override
                public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
                    registry.removeBeanDefinition("outboxRelay");
                    // The keeper would note incarnations.
                    registry.removeBeanDefinition("readerKeeper");
                }
            };
        }
    }
}
