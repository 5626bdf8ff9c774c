package org.openingminute.notification.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.notification.projection.RegistrationSnapshot.Reason;

/** Proves how reasons with and without codes are read. */
class ReasonTest {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();

    @Test
    void words_of_a_person_have_no_code() {
        assertThat(new Reason("Visa refused", null, null).code()).isNull();
        assertThat(new Reason(null, null, null).code()).isNull();
    }

    @Test
    void messages_with_codes_and_without_are_read() {
        assertThat(reason("registration.cancelled.v1", "by-the-registrant"))
                .isEqualTo(new Reason("cancelled by the registrant", ReasonCode.CANCELLED_BY_REGISTRANT, null));
        assertThat(reason("registration.cancelled.v1", "by-an-organiser"))
                .isEqualTo(new Reason(
                        "The tutorial was called off.",
                        ReasonCode.CANCELLED_BY_ORGANISER,
                        "The tutorial was called off."));
        assertThat(reason("registration.cancelled.v1", "0.1.0/full"))
                .isEqualTo(new Reason("Cancelled by the registrant.", null, null));
        assertThat(reason("registration.held.v1", "full")).isEqualTo(new Reason(null, null, null));
    }

    private static Reason reason(String type, String example) {
        String json = CONTRACTS.examples(type).get(example);
        return new Message(UUID.randomUUID(), "topic", "key", type, "/source", Instant.EPOCH, 1, json, Map.of())
                .body(RegistrationSnapshot.class)
                .reason();
    }
}
