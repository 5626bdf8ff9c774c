package org.openingminute.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.contracts.ContractSchemas;
import org.openingminute.messaging.inbox.Message;

/** Proves how definitions of the contract are read and where a conference's day begins and ends, without Spring. */
class KnownConferenceTest {

    private static final ContractSchemas CONTRACTS = new ContractSchemas();
    private static final String TYPE = "conference.published.v1";

    @Test
    void every_example_of_a_definition_is_read() {
        CONTRACTS.examples(TYPE).forEach(KnownConferenceTest::isRead);
        CONTRACTS.ofLaterVersions(TYPE).forEach(KnownConferenceTest::isRead);
    }

    private static void isRead(String name, String json) {
        var definition = new Message(
                        UUID.randomUUID(), "topic", "key", TYPE, "/source", Instant.EPOCH, 0, json, Map.of())
                .body(ConferenceDefinitionsListener.Published.class)
                .definition();
        assertThat(definition.slug()).as(name).isNotBlank();
        assertThat(definition.name()).as(name).isNotBlank();
        assertThat(ZoneId.of(definition.timeZone())).as(name).isNotNull();
    }

    /** Clocks in this zone go forward at midnight. */
    @Test
    void day_ends_when_the_next_begins() {
        ZoneId zone = ZoneId.of("America/Santiago");
        LedgerSpan before = LedgerSpan.ofDay("2026-09-05", zone);
        LedgerSpan day = LedgerSpan.ofDay("2026-09-06", zone);

        assertThat(before.to()).isEqualTo(day.from()).isEqualTo("2026-09-06T04:00:00Z");
        assertThat(day.to()).isEqualTo("2026-09-07T03:00:00Z");
        assertThat(LedgerSpan.of("2026-09-05", "2026-09-06", zone)).isEqualTo(new LedgerSpan(before.from(), day.to()));
    }
}
