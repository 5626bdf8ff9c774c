package org.openingminute.kit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.testing.TokenVectors;

class AdmissionTokensTest {

    private static final Instant UNTIL = Instant.parse("2026-02-02T17:15:00Z");
    private static final Instant BEFORE = UNTIL.minusSeconds(1);
    private static final Admission BY_HEADER = new Admission("mlsys-2026", 3, 41_207, UNTIL, false);
    private static final Admission BY_COOKIE = new Admission("mlsys-2026", 3, 41_207, UNTIL, true);

    private final AccessTokens keys = AccessTokens.of("WAITING_ROOM_KEYS", TokenVectors.KEYS);
    private final AdmissionTokens tokens = new AdmissionTokens(keys);

    @Test
    void admission_is_read_as_it_was_signed() {
        assertThat(tokens.read("mlsys-2026", tokens.sign(BY_HEADER), null, BEFORE))
                .contains(BY_HEADER);
        assertThat(tokens.read("mlsys-2026", null, tokens.sign(BY_COOKIE), BEFORE))
                .contains(BY_COOKIE);
    }

    @Test
    void admission_of_a_browser_does_not_count_without_its_cookie() {
        assertThat(tokens.read("mlsys-2026", tokens.sign(BY_COOKIE), null, BEFORE))
                .isEmpty();
        assertThat(tokens.read("mlsys-2026", null, tokens.sign(BY_HEADER), BEFORE))
                .isEmpty();
    }

    @Test
    void admission_ends_and_is_good_for_one_scope() {
        assertThat(tokens.read("mlsys-2026", tokens.sign(BY_HEADER), null, UNTIL))
                .isEmpty();
        assertThat(tokens.read("mlsys-2027", tokens.sign(BY_HEADER), null, BEFORE))
                .isEmpty();
    }

    @Test
    void admission_lasts_two_minutes_longer_after_a_refusal() {
        String token = tokens.sign(BY_HEADER.extended());
        assertThat(tokens.read("mlsys-2026", token, null, UNTIL.plusSeconds(119)))
                .isPresent();
        assertThat(tokens.read("mlsys-2026", token, null, UNTIL.plusSeconds(120)))
                .isEmpty();
    }

    @Test
    void version_before_reads_and_writes_what_no_refusal_made_longer() {
        assertThat(tokens.sign(BY_HEADER)).isEqualTo(keys.sign("admission", "mlsys-2026:3:41207:1770052500:p"));
        assertThat(tokens.sign(BY_HEADER.extended()))
                .isEqualTo(keys.sign("admission", "mlsys-2026:3:41207:1770051600:1770052620:p"));
    }

    @Test
    void refusals_make_an_admission_last_for_an_hour_at_most() {
        Admission longer = BY_COOKIE;
        for (int refusal = 0; refusal < 22; refusal++) {
            longer = longer.extended();
        }
        assertThat(longer.until()).isEqualTo(UNTIL.plusSeconds(44 * 60));
        longer = tokens.read("mlsys-2026", null, tokens.sign(longer), UNTIL).orElseThrow();
        assertThat(longer.extended().until()).isEqualTo(UNTIL.plusSeconds(45 * 60));
        assertThat(longer.extended().extended()).isEqualTo(longer.extended());
    }

    @Test
    void forged_and_foreign_tokens_are_not_read() {
        String token = tokens.sign(BY_HEADER);
        assertThat(tokens.read("mlsys-2026", token.replace("41207", "41206"), null, BEFORE))
                .isEmpty();
        assertThat(tokens.read("mlsys-2026", "", null, BEFORE)).isEmpty();
        assertThat(tokens.read(
                        "mlsys-2026", keys.sign("place", "mlsys-2026:3:41207:1770051600:1770052500:p"), null, BEFORE))
                .isEmpty();
    }

    @Test
    void keys_are_named_by_their_setting_where_they_are_wrong() {
        assertThatThrownBy(() -> AccessTokens.of("WAITING_ROOM_KEYS", "k1:c2hvcnQ"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("WAITING_ROOM_KEYS")
                .hasMessageNotContaining("c2hvcnQ");
    }
}
