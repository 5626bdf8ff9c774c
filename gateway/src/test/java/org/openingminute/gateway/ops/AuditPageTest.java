package org.openingminute.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.staff.DeskFrame;

class AuditPageTest {

    private static final String ACT = "audit.what.";

    /** A row looks up its text by the act, and the page's filter finds rows by the same text. */
    @Test
    void english_name_of_an_act_is_what_services_write() {
        ResourceBundle english = DeskFrame.words(Locale.ENGLISH);
        List<String> acts =
                english.keySet().stream().filter(key -> key.startsWith(ACT)).toList();
        assertThat(acts)
                .hasSizeGreaterThan(20)
                .allSatisfy(key -> assertThat(ACT + english.getString(key).replaceAll("[^a-z]+", "-"))
                        .isEqualTo(key));
    }

    @Test
    void each_text_is_there_in_german_too() {
        ResourceBundle german = DeskFrame.words(Locale.GERMAN);
        ResourceBundle english = DeskFrame.words(Locale.ENGLISH);
        Set<String> alike = Set.of("audit.money", "room-report.minutes", "room-report.none");
        assertThat(english.keySet())
                .allSatisfy(
                        key -> assertThat(german.getString(key).equals(english.getString(key)) && !alike.contains(key))
                                .as(key)
                                .isFalse());
    }
}
