package org.openingminute.notification.announcement;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.Message;

/** Proves that every released example of a conference's events can be read, also with unknown fields and types. */
class ReadsConferenceEventsTest {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();

    static Set<String> types() {
        return CONTRACTS.typesOn("conference.events.v1");
    }

    @ParameterizedTest
    @MethodSource("types")
    void every_example_is_read(String type) {
        CONTRACTS.examples(type).forEach((name, json) -> {
            SaleNotices notices = read(type, json);
            assertThat("conference." + notices.notices().getLast().kind() + ".v1")
                    .as(name)
                    .isEqualTo(type);
        });
    }

    @ParameterizedTest
    @MethodSource("types")
    void events_of_later_versions_are_read(String type) {
        CONTRACTS
                .ofLaterVersions(type)
                .forEach((name, json) ->
                        assertThat(read(type, json).notices()).as(name).isNotEmpty());
    }

    private static SaleNotices read(String type, String json) {
        return new Message(UUID.randomUUID(), "topic", "key", type, "/source", Instant.EPOCH, 1, json, Map.of())
                .body(SaleNotices.class);
    }
}
