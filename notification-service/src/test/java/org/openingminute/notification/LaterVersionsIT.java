package org.openingminute.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openingminute.notification.ServiceFixture.NEIGHBOURS;
import static org.openingminute.notification.ServiceFixture.soon;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.testing.Readers;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that events of later versions of the neighbours are read or parked, on the running service with a real broker. */
@NotificationServiceApplicationTest
class LaterVersionsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ListableBeanFactory beans;

    @Autowired
    private List<NewTopic> topics;

    @Autowired
    private MessagingSetting setting;

    @Autowired
    private MeterRegistry meters;

    @Test
    void listeners_know_the_types_of_the_contract_and_skip_others() {
        ContractSchemas contracts = new ContractSchemas();
        List<MessageReader> readers = Readers.of(beans);
        assertThat(readers)
                .extracting(MessageReader::topic)
                .containsExactlyInAnyOrderElementsOf(contracts.topicsReadBy(setting.group()));
        assertThat(readers).allSatisfy(reader -> {
            assertThat(Set.of(reader.types())).isEqualTo(contracts.typesOn(reader.topic()));
            assertThat(reader.unknownTypes()).isEqualTo(MessageReader.Unknown.SKIP);
        });
    }

    @Test
    void it_makes_the_topics_of_the_contract_as_it_says() {
        ContractSchemas contracts = new ContractSchemas();
        assertThat(topics)
                .extracting(NewTopic::name)
                .containsExactlyInAnyOrderElementsOf(contracts.topicsWrittenBy(setting.group()));
        assertThat(topics).allSatisfy(topic -> {
            assertThat(topic.numPartitions()).isEqualTo(contracts.partitions(topic.name()));
            assertThat(topic.configs())
                    .containsAllEntriesOf(contracts.configuration(topic.name()))
                    .containsEntry("min.insync.replicas", "1");
        });
    }

    @Test
    void an_event_of_an_unknown_type_is_counted_and_passed_over() {
        Story story = new Story();
        double skipped = skipped();
        NEIGHBOURS.publish(story.registration("registration.postponed.v1", "confirmed", null));
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        assertThat(skipped()).isEqualTo(skipped + 1);
        assertThat(parked(story.id)).isZero();
    }

    @Test
    void unknown_state_makes_no_mail_due_and_the_next_does() {
        Story story = new Story();
        NEIGHBOURS.publish(story.registration("registration.changed.v1", "postponed", null));
        NEIGHBOURS.publish(story.confirmed());

        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        assertThat(parked(story.id)).isZero();
    }

    @Test
    void state_under_another_key_is_parked_and_overwrites_nothing() {
        Story story = new Story();
        NEIGHBOURS.publish(story.confirmed());
        soon(() -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent"));
        UUID another = UUID.randomUUID();

        Story.Event cancelled = story.registration("registration.cancelled.v1", "cancelled", null);
        NEIGHBOURS.publish(new Story.Event(
                cancelled.topic(),
                another.toString(),
                cancelled.type(),
                cancelled.sequence(),
                cancelled.body(),
                cancelled.time()));

        soon(() -> assertThat(parked(another)).isEqualTo(1));
        assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent");
    }

    @Test
    void unreadable_event_among_many_is_parked_alone() {
        List<Story> stories = Stream.generate(Story::new).limit(60).toList();
        Story unreadable = new Story();
        List<Story.Event> events =
                new ArrayList<>(stories.stream().map(Story::confirmed).toList());
        Story.Event confirmed = unreadable.confirmed();
        events.add(
                30,
                new Story.Event(
                        confirmed.topic(),
                        confirmed.key(),
                        confirmed.type(),
                        confirmed.sequence(),
                        "{\"id\": \"" + unreadable.id + "\"}",
                        confirmed.time()));
        NEIGHBOURS.publishAll(events);

        soon(() -> assertThat(parked(unreadable.id)).isEqualTo(1));
        soon(() -> assertThat(stories)
                .allSatisfy(story -> assertThat(service.rowsOf(story.id)).containsExactly("confirmation sent")));
        assertThat(service.rowsOf(unreadable.id)).isEmpty();
    }

    private double skipped() {
        return meters.counter("messaging.skipped", "topic", "registration.events.v1")
                .count();
    }

    private long parked(UUID registration) {
        return jdbc.sql("select count(*) from parked_message where message_key = ?")
                .param(registration.toString())
                .query(Long.class)
                .single();
    }
}
