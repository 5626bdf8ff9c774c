package org.openingminute.notification.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.openingminute.notification.projection.RegistrationSnapshot.ReportedProof;

/** Proves that every released example of an event can be read, also with unknown fields and types. */
class ReadsContractsTest {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();

    static Set<String> registrationTypes() {
        return CONTRACTS.typesOn("registration.events.v1");
    }

    static Set<String> paymentEvents() {
        return CONTRACTS.typesOn("payment.events.v1");
    }

    @ParameterizedTest
    @MethodSource("registrationTypes")
    void every_example_of_a_registration_is_read(String type) {
        CONTRACTS.examples(type).forEach((name, json) -> {
            RegistrationSnapshot state = message(type, json).body(RegistrationSnapshot.class);
            assertThat(state.status()).as(name).isNotEqualTo(RegistrationStatus.UNKNOWN);
            assertThat(state.lines()).as(name).isNotEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("paymentEvents")
    void every_example_of_a_payment_is_read(String type) {
        CONTRACTS
                .examples(type)
                .forEach((name, json) -> assertThat(
                                message(type, json).body(PaymentSnapshot.class).status())
                        .as(name)
                        .isNotEqualTo(PaymentSnapshot.ReportedStatus.UNKNOWN));
    }

    @Test
    void every_example_of_a_conference_is_read() {
        CONTRACTS
                .examples("conference.published.v1")
                .forEach((name, json) -> assertThat(message("conference.published.v1", json)
                                .body(ConferenceDefinitionsListener.Published.class)
                                .definition()
                                .name())
                        .as(name)
                        .isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("registrationTypes")
    void registration_events_of_later_versions_are_read(String type) {
        CONTRACTS.ofLaterVersions(type).forEach((name, json) -> {
            RegistrationSnapshot state = message(type, json).body(RegistrationSnapshot.class);
            assertThat(state.status() == RegistrationStatus.UNKNOWN)
                    .as(name)
                    .isEqualTo(name.endsWith("another /status"));
            assertThat(state.attendees().stream().anyMatch(attendee -> attendee.proof() == ReportedProof.UNKNOWN))
                    .as(name)
                    .isEqualTo(name.endsWith("/proof"));
            assertThat(state.reason().is(ReasonCode.UNKNOWN)).as(name).isEqualTo(name.endsWith("another /reasonCode"));
        });
    }

    @ParameterizedTest
    @MethodSource("paymentEvents")
    void payment_events_of_later_versions_are_read(String type) {
        CONTRACTS.ofLaterVersions(type).forEach((name, json) -> {
            PaymentSnapshot state = message(type, json).body(PaymentSnapshot.class);
            assertThat(state.status() == PaymentSnapshot.ReportedStatus.UNKNOWN)
                    .as(name)
                    .isEqualTo(name.endsWith("another /status"));
            assertThat(state.refunds().stream()
                            .anyMatch(refund -> refund.state() == PaymentSnapshot.RefundStatus.UNKNOWN))
                    .as(name)
                    .isEqualTo(name.contains("another /refunds"));
        });
    }

    @Test
    void conference_events_of_later_versions_are_read() {
        CONTRACTS
                .ofLaterVersions("conference.published.v1")
                .forEach((name, json) -> assertThat(message("conference.published.v1", json)
                                .body(ConferenceDefinitionsListener.Published.class)
                                .definition()
                                .name())
                        .as(name)
                        .isNotBlank());
    }

    @Test
    void a_body_without_a_contact_cannot_be_applied() {
        assertThatThrownBy(() -> message("registration.held.v1", "{\"id\":\"" + UUID.randomUUID() + "\"}")
                        .body(RegistrationSnapshot.class))
                .isInstanceOf(PermanentFailure.class);
    }

    @Test
    void an_amount_of_nothing_is_no_zero() {
        String confirmed = CONTRACTS.examples("registration.confirmed.v1").get("full");
        String nothing = confirmed.replaceFirst("\"amount\": *[0-9]+", "\"amount\": null");
        assertThatThrownBy(() -> message("registration.confirmed.v1", nothing).body(RegistrationSnapshot.class))
                .isInstanceOf(PermanentFailure.class);
    }

    private static Message message(String type, String json) {
        return new Message(UUID.randomUUID(), "topic", "key", type, "/source", Instant.EPOCH, 1, json, Map.of());
    }
}
