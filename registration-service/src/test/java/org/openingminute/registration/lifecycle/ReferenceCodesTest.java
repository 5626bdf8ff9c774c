package org.openingminute.registration.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves that references can be read as people type them and found in a bank's text. */
class ReferenceCodesTest {

    @Test
    void number_of_a_reference_is_found_again() {
        Random random = new Random(27);
        for (int i = 0; i < 10_000; i++) {
            int salt = random.nextInt();
            int n = i < 100 ? i : random.nextInt(1 << 30);
            String reference = ReferenceCodes.reference("ML26", salt, n);
            assertThat(ReferenceCodes.number(reference, salt)).as(reference).hasValue(n);
        }
    }

    @Test
    void reference_is_read_as_people_type_it() {
        int salt = "mlsys-2026".hashCode();
        for (int n = 0; n < 1_000; n++) {
            String typed = ReferenceCodes.reference("ML26", salt, n)
                    .replace("-", "")
                    .toLowerCase(Locale.ROOT)
                    .replaceFirst("0", "o")
                    .replaceFirst("1", "l");
            if (typed.matches("[a-z]{2}\\d\\d.*")) {
                assertThat(ReferenceCodes.number(" " + typed, salt)).as(typed).hasValue(n);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", " ", "\u00a0", "\u2011", "\u2013"})
    void reference_may_be_divided_otherwise(String divider) {
        String typed = ReferenceCodes.reference("ML26", 7, 4_711).replace("-", divider);
        assertThat(ReferenceCodes.number(typed, 7)).as(typed).hasValue(4_711);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ML26",
                "ML26--7K3F9Q",
                "ML26-7K3F9",
                "ML26-7K3F9QQ",
                "ML26-7K3F9U",
                "2626-7K3F9Q",
                "ada lovelace"
            })
    void text_that_is_no_reference_has_no_number(String text) {
        assertThat(ReferenceCodes.number(text, 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%s", "%s.", "EREF: %s / Ada", "TRANSFER%sTHANKS", "ml 26 %2$s", "ML26/%2$s", "re ml26 %3$s"})
    void reference_is_found_in_a_banks_text(String text) {
        int salt = "mlsys-2026".hashCode();
        for (int n = 0; n < 1_000; n++) {
            String reference = ReferenceCodes.reference("ML26", salt, n);
            String six = reference.substring(5);
            String apart = six.substring(0, 3) + " "
                    + six.substring(3).replace('0', 'O').replace('1', 'I');
            String written = text.formatted(reference, six, apart);
            assertThat(ReferenceCodes.numbersIn(written, "ML26", salt))
                    .as(written)
                    .contains(n);
            assertThat(ReferenceCodes.folded(written)).contains(ReferenceCodes.folded(reference));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ML26", "ML26-7K3F9", "ML26-7K3FUU", "IC26-7K3F9Q", "conference fee"})
    void text_without_a_reference_has_no_number(String text) {
        assertThat(ReferenceCodes.numbersIn(text, "ML26", 1)).isEmpty();
    }
}
