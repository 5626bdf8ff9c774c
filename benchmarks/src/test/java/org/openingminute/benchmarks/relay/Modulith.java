package org.openingminute.benchmarks.relay;

import java.util.Map;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.events.Externalized;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Modulith's externalization with its auto-configuration: an event is stored in the publishing transaction and sent by a task after
 * the commit; then its row is updated. A backlog is drained by its own resubmission.
 */
final class Modulith implements RelayCandidate {

    private static final String TOPIC = "modulith";
    private static final String OTHERS = """
            org.openingminute.messaging.MessagingAutoConfiguration,\
            org.openingminute.messaging.outbox.OutboxAutoConfiguration,\
            org.openingminute.messaging.inbox.InboxAutoConfiguration,\
            org.openingminute.messaging.operations.StatusAutoConfiguration,\
            org.openingminute.messaging.operations.OperatorsAutoConfiguration,\
            org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration""";

    /** Its body has about as many bytes as the other candidates'. */
    @Externalized(TOPIC + "::#{#this.key()}")
    record Confirmed(String key, long sequence, Map<String, Object> body) {}

    private final ConfigurableApplicationContext context;
    private final Bodies bodies;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    Modulith(Map<String, String> database, String brokers, Bodies bodies) {
        context = Library.start(
                Service.class,
                database,
                brokers,
                OTHERS,
                "--spring.modulith.events.jdbc.schema-initialization.enabled=true");
        this.bodies = bodies;
        this.jdbc = context.getBean(JdbcClient.class);
        this.transaction = context.getBean(TransactionTemplate.class);
    }

    @Override
    public String name() {
        return "Spring Modulith";
    }

    @Override
    public String topic() {
        return TOPIC;
    }

    @Override
    public void fill(int messages) {
        jdbc.sql("truncate event_publication").update();
        // Copies a row of its own with other keys, because equal events would count as one.
        commit(0);
        try {
            awaitNoted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        jdbc.sql("""
                insert into event_publication (id, listener_id, event_type, serialized_event, publication_date, status,
                                               completion_attempts)
                select gen_random_uuid(), listener_id, event_type,
                       replace(serialized_event, '"key":"n0"', '"key":"n' || number || '"'),
                       publication_date, 'PUBLISHED', 0
                  from event_publication, generate_series(1, ?) as number
                """).param(messages).update();
        jdbc.sql("delete from event_publication where completion_date is not null")
                .update();
        jdbc.sql("vacuum (analyze) event_publication").update();
    }

    @Override
    public void commit(long number) {
        transaction.executeWithoutResult(
                _ -> context.publishEvent(new Confirmed(RelayCandidate.key(number), number, bodies.body(number))));
    }

    /** New events are sent anyway; earlier ones only on request. */
    @Override
    public void start() {
        context.getBean(IncompleteEventPublications.class).resubmitIncompletePublications(_ -> true);
    }

    @Override
    public void awaitNoted() throws InterruptedException {
        while (jdbc.sql("select exists (select from event_publication where completion_date is null)")
                .query(Boolean.class)
                .single()) {
            Thread.sleep(50);
        }
    }

    @Override
    public void stop() {}

    @Override
    public void close() {
        // Otherwise it would read all remaining events when it closes.
        jdbc.sql("truncate event_publication").update();
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {}
}
