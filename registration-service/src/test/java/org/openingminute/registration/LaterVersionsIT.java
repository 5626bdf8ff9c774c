package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openingminute.registration.ServiceFixture.SOON;
import static org.openingminute.registration.ServiceFixture.captured;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.MessagingSetting;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.testing.Readers;
import org.openingminute.registration.ServiceFixture.Reply;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves that events of later versions of the neighbours are read or parked, on the running service with a real broker. */
@RegistrationServiceTest
class LaterVersionsIT {

    @Autowired
    private ServiceFixture service;

    @Autowired
    private JdbcClient jdbc;

    private static final String PAYMENTS = "payment.events.v1";
    private static final String MAILS = "notification.events.v1";

    @Autowired
    private ListableBeanFactory beans;

    @Autowired
    private List<NewTopic> topics;

    @Autowired
    private MessagingSetting setting;

    @Autowired
    private MeterRegistry meters;

    @Test
    void contract_events_are_known_and_others_skipped() {
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
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String id = made.text("id");
        double skipped = skipped();
        service.publishUnchecked(
                PAYMENTS, id, "payment.postponed.v1", 2, captured(id, 10_000, 10_000, UUID.randomUUID()));
        service.publishPayment(id, "payment.captured.v1", 2, captured(id, 10_000, 10_000, UUID.randomUUID()));

        service.awaitStatus(made, "confirmed");
        assertThat(skipped()).isEqualTo(skipped + 1);
        assertThat(parked(id)).isZero();
    }

    @Test
    void a_state_of_a_payment_that_is_unknown_leaves_what_was_known() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String id = made.text("id");
        String paid = captured(id, 10_000, 10_000, UUID.randomUUID());
        service.publishPayment(id, "payment.captured.v1", 2, paid);
        service.publishPayment(
                id, "payment.disputed.v1", 3, disputed(paid, "open").replace("\"captured\",", "\"disputed\","));
        service.publishUnchecked(
                PAYMENTS,
                id,
                "payment.dispute-ended.v1",
                4,
                disputed(paid, "in-mediation").replace("\"captured\",", "\"mediated\","));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(received(PAYMENTS, id)).isEqualTo(4));

        assertThat(service.read(made).text("payment.status")).isEqualTo("disputed");
        assertThat(service.timeline(made)).contains("Payment disputed").doesNotContain("Dispute won", "Dispute lost");
        service.publishPayment(id, "payment.dispute-ended.v1", 5, disputed(paid, "won"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.timeline(made)).contains("Dispute won"));
        assertThat(service.read(made).text("payment.status")).isEqualTo("captured");
        assertThat(parked(id)).isZero();
    }

    @Test
    void unknown_state_of_a_mail_is_not_reported_as_another() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String id = made.text("id");
        service.publishUnchecked(MAILS, id, "mail.sent.v1", 1, mail(id, "delivered"));
        service.publish(MAILS, id, "mail.sent.v1", 2, mail(id, "sent"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(service.timeline(made)).contains("Mail sent"));
        assertThat(service.timeline(made)).doesNotContain("Mail could not be sent");
        assertThat(parked(id)).isZero();
    }

    @Test
    void a_mail_event_under_a_foreign_key_is_parked() {
        Reply made = service.register(service.putConference(10, 600), "seat").expect(201);
        String another = UUID.randomUUID().toString();
        service.publish(MAILS, another, "mail.sent.v1", 1, mail(made.text("id"), "sent"));

        await().atMost(SOON).untilAsserted(() -> assertThat(parked(another)).isEqualTo(1));
        assertThat(service.timeline(made)).doesNotContain("Mail sent");
    }

    private double skipped() {
        return meters.counter("messaging.skipped", "topic", PAYMENTS).count();
    }

    private long parked(String key) {
        return jdbc.sql("select count(*) from parked_message where message_key = ?")
                .param(key)
                .query(Long.class)
                .single();
    }

    private long received(String topic, String key) {
        return jdbc.sql("select coalesce(max(sequence), 0) from inbox where topic = ? and message_key = ?")
                .param(topic)
                .param(key)
                .query(Long.class)
                .single();
    }

    private static String disputed(String payment, String state) {
        return payment.replace("\"disputes\": []", """
                "disputes": [{"id": "0198e4b0-0000-7000-8000-000000000001", "state": "%s",
                              "amount": {"amount": 10000, "currency": "USD"}, "at": "2026-02-03T17:01:00Z"}]""".formatted(state));
    }

    private static String mail(String registration, String state) {
        return """
                {"registration": "%s", "mails": [{"id": "%s", "kind": "confirmation", "state": "%s",
                                                  "at": "2026-02-02T17:01:00Z"}]}""".formatted(
                        registration,
                        UUID.nameUUIDFromBytes(registration.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        state);
    }
}
