package org.openingminute.notification.heard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.CannotBeApplied;
import org.openingminute.messaging.inbox.Message;

class ReadsContractsTest {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();

    static Stream<String> registrationTypes() {
        return CONTRACTS.types().stream().filter(type -> type.startsWith("registration."));
    }

    static Stream<String> paymentEvents() {
        return Stream.of(
                "payment.captured.v1",
                "payment.failed.v1",
                "payment.refunded.v1",
                "payment.refund-failed.v1",
                "payment.disputed.v1",
                "payment.dispute-ended.v1",
                "payment.receipt-issued.v1");
    }

    @ParameterizedTest
    @MethodSource("registrationTypes")
    void every_example_of_a_registration_is_read(String type) {
        CONTRACTS.examples(type).forEach((name, json) -> {
            RegistrationState state = message(type, json).body(RegistrationState.class);
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
                                message(type, json).body(PaymentState.class).status())
                        .as(name)
                        .isNotEqualTo(PaymentState.Status.UNKNOWN));
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

    @Test
    void a_status_of_a_later_version_has_a_fallback() {
        String json =
                CONTRACTS.examples("registration.confirmed.v1").get("full").replace("\"confirmed\"", "\"dreamt\"");

        assertThat(message("registration.changed.v1", json)
                        .body(RegistrationState.class)
                        .status())
                .isEqualTo(RegistrationStatus.UNKNOWN);
    }

    @Test
    void a_body_without_a_contact_cannot_be_applied() {
        assertThatThrownBy(() -> message("registration.held.v1", "{\"id\":\"" + UUID.randomUUID() + "\"}")
                        .body(RegistrationState.class))
                .isInstanceOf(CannotBeApplied.class);
    }

    private static Message message(String type, String json) {
        return new Message(UUID.randomUUID(), "topic", "key", type, "/source", Instant.EPOCH, 1, json, Map.of());
    }
}
