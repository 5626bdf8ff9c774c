package org.openingminute.registration.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.registration.lifecycle.Registration.Reason;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Proves that stored reasons are compatible with versions before codes, which read and write the sentence alone. */
class ReasonTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** The sentences that those versions write and search for. */
    private static final Map<ReasonCode, String> SENTENCES = Map.of(
            ReasonCode.CANCELLED_BY_REGISTRANT, "cancelled by the registrant",
            ReasonCode.CANCELLED_BY_ORGANISER, "on the registrant's behalf",
            ReasonCode.PROOF_TIME_OVER, "the time for the proof ran out",
            ReasonCode.OFFER_TIME_OVER, "the offer was not accepted in time",
            ReasonCode.PAYMENT_TIME_OVER, "the time to pay ran out",
            ReasonCode.AMOUNT_WRONG, "the amount paid is not the amount due",
            ReasonCode.PAID_LATE_SEATS_TAKEN, "the payment came after the hold, and the seats were taken by then",
            ReasonCode.PAID_AFTER_CANCELLATION, "the payment came after the cancellation",
            ReasonCode.PAID_BEFORE_PAYABLE, "the payment came before it could be paid",
            ReasonCode.DISPUTE_LOST, "the payment was taken back");

    @ParameterizedTest
    @EnumSource(
            names = {"PROOF_REFUSED", "ORDERED_BY_ORGANISER"},
            mode = EnumSource.Mode.EXCLUDE)
    void sentence_stays_what_versions_without_codes_read(ReasonCode code) {
        assertThat(Reason.of(code).text()).isEqualTo(SENTENCES.get(code));
        assertThat(read("{\"reason\": \"%s\"}".formatted(SENTENCES.get(code)))).isEqualTo(Reason.of(code));
    }

    @Test
    void organisers_words_are_the_sentence_for_versions_without_codes() {
        assertThat(Reason.of(ReasonCode.PROOF_REFUSED, "The card has ended."))
                .isEqualTo(new Reason("The card has ended.", ReasonCode.PROOF_REFUSED, "The card has ended."));
    }

    @ParameterizedTest
    @EnumSource
    void reason_is_read_as_it_was_written(ReasonCode code) {
        Reason reason = Reason.of(code, "because");

        assertThat(read(JSON.writeValueAsString(reason))).isEqualTo(reason);
        assertThat(JSON.valueToTree(reason).get("reasonCode").asString()).isEqualTo(code.wireName());
    }

    @Test
    void code_of_a_later_version_leaves_the_sentence() {
        assertThat(read("{\"reason\": \"the time to pay ran out\", \"reasonCode\": \"later\"}"))
                .isEqualTo(new Reason("the time to pay ran out", null, null));
    }

    @Test
    void words_of_a_person_in_a_document_without_codes_stay_words() {
        assertThat(read("{\"reason\": \"Visa refused\"}")).isEqualTo(new Reason("Visa refused", null, null));
        assertThat(read("{\"reason\": null}")).isEqualTo(Reason.NONE);
        assertThat(read("{}")).isEqualTo(Reason.NONE);
    }

    private static Reason read(String json) {
        return JSON.readValue(json, Reason.class);
    }
}
