package org.openingminute.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.payment.ServiceFixture.SOON;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.testing.Readers;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that commands of a later registration-service are handled or parked, on the running service with a real broker. */
@PaymentServiceTest
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

    @Test
    void listeners_know_the_types_of_the_contract_and_park_other_commands() {
        ContractSchemas contracts = new ContractSchemas();
        List<MessageReader> readers = Readers.of(beans);
        assertThat(readers)
                .extracting(MessageReader::topic)
                .containsExactlyInAnyOrderElementsOf(contracts.topicsReadBy(setting.group()));
        assertThat(readers).allSatisfy(reader -> {
            assertThat(Set.of(reader.types())).isEqualTo(contracts.typesOn(reader.topic()));
            assertThat(reader.unknownTypes())
                    .isEqualTo(
                            reader.topic().equals("payment.commands.v1")
                                    ? MessageReader.Unknown.PARK
                                    : MessageReader.Unknown.SKIP);
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
    void a_request_to_be_paid_in_an_unknown_way_is_known_and_not_paid_by_card() {
        UUID id = RegistrationPlayed.newId();
        send(id, "payment.request.v1", RegistrationPlayed.request(id).body().replace("\"card\"", "\"barter\""));

        service.awaitStatus(id, "awaiting");
        assertThat(service.checkout(id).code()).isEqualTo("not-payable");
        assertThat(parked(id)).isEmpty();
    }

    @Test
    void a_payment_that_is_closed_for_an_unknown_reason_is_closed() {
        UUID id = service.requested();
        service.checkoutUrl(id);
        send(id, "payment.close.v1", "{\"registration\": \"%s\", \"reason\": \"postponed\"}".formatted(id));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.checkout(id).code()).isEqualTo("not-payable"));
        assertThat(parked(id)).isEmpty();
    }

    private void send(UUID id, String type, String body) {
        service.registration.send(RegistrationPlayed.newId(), type, id.toString(), body, Instant.now());
    }

    private List<String> parked(UUID id) {
        return jdbc.sql("select reason from parked_message where message_key = ?")
                .param(id.toString())
                .query(String.class)
                .list();
    }
}
