package org.openingminute.messaging.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import javax.sql.DataSource;
import org.openingminute.kit.runtime.PolledGauges;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.OwnConnections;
import org.openingminute.messaging.Pulse;
import org.openingminute.messaging.TraceContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaAdmin;

/** Provides {@link OrderLocks}, the {@link Outbox}, and the relay that sends its messages. */
@AutoConfiguration(afterName = "org.openingminute.messaging.MessagingAutoConfiguration")
@ConditionalOnClass(KafkaAdmin.class)
class OutboxAutoConfiguration {

    @Bean
    OrderLocks orderLocks(DataSource dataSource) {
        return new OrderLocks(dataSource);
    }

    @Bean
    DatabaseIncarnations databaseIncarnations(JdbcClient jdbc) {
        return new DatabaseIncarnations(jdbc);
    }

    @Bean
    OutboxPartitions outboxPartitions(JdbcClient jdbc, DataSource dataSource, DatabaseIncarnations incarnations) {
        return new OutboxPartitions(jdbc, dataSource, incarnations);
    }

    @Bean
    CommitSignal commitSignal(OwnConnections connections, Pulse pulse) {
        return new CommitSignal(connections, pulse::soon);
    }

    @Bean
    Outbox outbox(
            JdbcClient jdbc,
            DataSource dataSource,
            MessagingSetting setting,
            TraceContext traces,
            CommitSignal signal) {
        return new Outbox(jdbc, dataSource, setting, traces, signal);
    }

    @Bean
    OutboxRelay outboxRelay(
            OwnConnections connections,
            MessagingSetting setting,
            CommitSignal signal,
            RelayMetrics metrics,
            MessageBroker broker) {
        return new OutboxRelay(connections, setting.ids(), signal, metrics, broker);
    }

    @Bean
    @ConditionalOnBean(ProgressReport.class)
    ProgressPublisher progressPublisher(
            Outbox outbox, ProgressReport report, MessagingSetting setting, MessageBroker broker, Pulse pulse) {
        ProgressPublisher publisher = new ProgressPublisher(outbox, report, setting.group(), broker);
        publisher.askWith(pulse);
        return publisher;
    }

    @Bean
    RelayMetrics relayMetrics(
            Outbox outbox, MessagingSetting setting, ObjectProvider<MeterRegistry> meters, PolledGauges metrics) {
        return new RelayMetrics(outbox, setting.clock(), meters.getIfAvailable(SimpleMeterRegistry::new), metrics);
    }
}
