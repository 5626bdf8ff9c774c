package org.openingminute.messaging;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.openingminute.kit.runtime.Ids;
import org.openingminute.messaging.Topics.TopicSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Provides the beans that outbox and inbox share, and the alarm of jobs, in a service with a database and a broker. The service's name
 * ({@code spring.application.name}) is its consumer group. The topics that it writes are its
 * {@link org.apache.kafka.clients.admin.NewTopic} beans.
 */
@AutoConfiguration(
        before = KafkaAutoConfiguration.class,
        afterName = "org.openingminute.kit.runtime.RuntimeAutoConfiguration")
@ConditionalOnClass(KafkaAdmin.class)
@EnableConfigurationProperties(TopicSettings.class)
class MessagingAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    MessagingSetting messagingSetting(@Value("${spring.application.name}") String name, Clock clock, Ids ids) {
        return new MessagingSetting(name, clock, ids);
    }

    /** Topics are created once a broker answers; the start of the service does not wait for that. */
    @Bean
    KafkaAdmin kafkaAdmin(KafkaProperties properties, KafkaConnectionDetails connection) {
        Map<String, Object> config = properties.buildAdminProperties();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, connection.getBootstrapServers());
        KafkaAdmin admin = new KafkaAdmin(config);
        admin.setAutoCreate(false);
        admin.setModifyTopicConfigs(true);
        // Otherwise the first call would report success even if no broker answers.
        admin.setFatalIfBrokerNotAvailable(true);
        admin.setOperationTimeout(5);
        return admin;
    }

    @Bean
    Topics topics(TopicSettings settings) {
        return new Topics(settings.replication(), settings.minInsyncReplicas());
    }

    @Bean
    MessageBroker messageBroker(KafkaAdmin admin, KafkaConnectionDetails kafka) {
        return new MessageBroker(admin, kafka.getBootstrapServers());
    }

    @Bean
    OwnConnections ownConnections(JdbcConnectionDetails database) {
        return new OwnConnections(database);
    }

    @Bean
    Migrations migrations(JdbcConnectionDetails database) {
        return new Migrations(database);
    }

    @Bean
    Pulse pulse(OwnConnections connections, Clock clock) {
        return new Pulse(connections, clock);
    }

    @Bean
    JobAlarm jobAlarm(Pulse pulse, ObjectProvider<DueWork> jobs, Clock clock) {
        return new JobAlarm(pulse, jobs.stream().toList(), clock);
    }

    @Bean
    TraceContext traceContext(ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
        return new TraceContext(tracer.getIfAvailable(), propagator.getIfAvailable());
    }
}
