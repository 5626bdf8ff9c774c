package org.openingminute.messaging.outbox;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.config.TopicBuilder;

/** A service that only relays, in this process. */
final class WithRelay implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    /** @param more further configuration classes of the service */
    WithRelay(String databaseUrl, String topic, Class<?>... more) {
        context = new SpringApplicationBuilder(Relaying.class)
                .sources(more)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties(Map.of(
                        "spring.application.name", "relay",
                        "spring.datasource.url", databaseUrl,
                        "spring.datasource.username", "postgres",
                        "spring.datasource.password", "postgres",
                        "spring.flyway.locations", "classpath:db/messaging",
                        "spring.kafka.bootstrap-servers", TestInfrastructure.kafkaBootstrapServers(),
                        "the.topic", topic))
                .run();
    }

    /** A writer in the same service, so that its commits signal the relay. */
    Writer writer(String topic) {
        return new Writer(context, topic);
    }

    /**
     * Another instance of the relay, whose steps the caller runs, and which a slow machine does not end. The relay of this service is
     * stopped and releases the cursor.
     */
    RelayRun byHand(String databaseUrl) throws InterruptedException {
        return byHand(databaseUrl, UnaryOperator.identity());
    }

    /** @param wrapped wraps the relay's usual producer */
    RelayRun byHand(String databaseUrl, UnaryOperator<Producer<String, byte[]>> wrapped) throws InterruptedException {
        // A relay that is stopped at once has created no topic.
        context.getBean(MessageBroker.class).makeTopics(() -> true);
        context.getBean(OutboxRelay.class).stop();
        DataSource dataSource = new DriverManagerDataSource(databaseUrl, "postgres", "postgres");
        return new RelayRun(
                new RelayCursor(JdbcClient.create(dataSource), UUID.randomUUID()),
                context.getBean(CommitSignal.class),
                context.getBean(RelayMetrics.class),
                wrapped.apply(context.getBean(MessageBroker.class).openProducer()),
                Duration.ofMinutes(10));
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Relaying {

        @Bean
        NewTopic topic(Environment environment) {
            return TopicBuilder.name(environment.getRequiredProperty("the.topic"))
                    .partitions(12)
                    .replicas(1)
                    .build();
        }
    }
}
