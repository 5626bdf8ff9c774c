package org.openingminute.messaging.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import javax.sql.DataSource;
import org.openingminute.messaging.MessageBroker;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.TraceContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link OrderLocks}, the {@link Outbox}, and the relay that sends on what is in it. */
@AutoConfiguration(afterName = "org.openingminute.messaging.MessagingAutoConfiguration")
class OutboxAutoConfiguration {

    @Bean
    OrderLocks orderLocks(JdbcClient jdbc, DataSource dataSource) {
        return new OrderLocks(jdbc, dataSource);
    }

    @Bean
    OutboxPartitions outboxPartitions(JdbcClient jdbc, DataSource dataSource) {
        return new OutboxPartitions(jdbc, dataSource);
    }

    @Bean
    RelayCursors relayCursors(JdbcClient jdbc, MessagingSetting setting) {
        return new RelayCursors(jdbc, setting.ids().next());
    }

    @Bean
    CommitBell commitBell(JdbcConnectionDetails connection) {
        return new CommitBell(connection);
    }

    @Bean
    Outbox outbox(
            JdbcClient jdbc,
            DataSource dataSource,
            MessagingSetting setting,
            TraceContext traces,
            CommitBell bell,
            OutboxPartitions madeBefore) {
        return new Outbox(jdbc, dataSource, setting, traces, bell);
    }

    @Bean
    OutboxRelay outboxRelay(RelayCursors cursors, CommitBell bell, RelayFigures figures, MessageBroker broker) {
        return new OutboxRelay(cursors, bell, figures, broker);
    }

    @Bean
    RelayFigures relayFigures(Outbox outbox, MessagingSetting setting, ObjectProvider<MeterRegistry> meters) {
        return new RelayFigures(outbox, setting.clock(), meters.getIfAvailable(SimpleMeterRegistry::new));
    }
}
