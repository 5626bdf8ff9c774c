package org.openingminute.benchmarks.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.outbox.OrderLocks;
import org.openingminute.messaging.outbox.Outbox;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The messaging library in a service without other work, with production's connections. */
final class Library implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    Library(Map<String, String> database, String brokers) {
        context = start(Service.class, database, brokers, ModulithParts.AUTO_CONFIGURATIONS);
        relay().stop();
    }

    static ConfigurableApplicationContext start(
            Class<?> application, Map<String, String> database, String brokers, String without, String... more) {
        // A process has a single log configuration, and here it is the test's.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.config.name=relay-benchmark",
                "--spring.application.name=benchmark",
                "--spring.autoconfigure.exclude=" + without,
                "--spring.datasource.url=" + database.get("DATABASE_URL"),
                "--spring.datasource.username=" + database.get("DATABASE_USER"),
                "--spring.datasource.password=" + database.get("DATABASE_PASSWORD"),
                "--spring.datasource.hikari.maximum-pool-size=16",
                "--spring.datasource.hikari.connection-init-sql=set transaction_timeout = '10s'; set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_sort = off; set enable_incremental_sort = off",
                "--spring.flyway.locations=classpath:db/messaging",
                "--spring.kafka.bootstrap-servers=" + brokers,
                "--spring.kafka.producer.acks=all",
                "--spring.kafka.producer.properties.enable.idempotence=true",
                "--management.tracing.export.enabled=false",
                "--management.otlp.metrics.export.enabled=false"));
        arguments.addAll(List.of(more));
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .run(arguments.toArray(String[]::new));
    }

    SmartLifecycle relay() {
        return context.getBean("outboxRelay", SmartLifecycle.class);
    }

    Outbox outbox() {
        return context.getBean(Outbox.class);
    }

    OrderLocks locks() {
        return context.getBean(OrderLocks.class);
    }

    MessageBroker broker() {
        return context.getBean(MessageBroker.class);
    }

    DataSource dataSource() {
        return context.getBean(DataSource.class);
    }

    JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    TransactionTemplate transaction() {
        return context.getBean(TransactionTemplate.class);
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {}
}
