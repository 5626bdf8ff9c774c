package org.openingminute.ui.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openingminute.ui.part.Link;

class DeskNavigationTest {

    @Test
    void links_lead_to_the_pages_of_the_role_and_name_the_current_one() {
        assertThat(DeskNavigation.links("x-2026", Set.of("finance"), DeskEntry.REGISTRATIONS, Locale.ENGLISH))
                .contains(new Link("/desk/x-2026/registrations", "Registrations", true));
        assertThat(DeskNavigation.links("x-2026", Set.of("organiser", "unknown"), null, Locale.GERMAN))
                .contains(new Link("/desk/x-2026/registrations", "Anmeldungen", false));
        assertThat(DeskNavigation.links("x-2026", Set.of("operator"), null, Locale.ENGLISH))
                .isEmpty();
        assertThat(DeskNavigation.links("x-2026", Set.of("check-in"), null, Locale.ENGLISH))
                .extracting(Link::address)
                .doesNotContain("/desk/x-2026/registrations");
    }

    @ParameterizedTest
    @EnumSource
    void every_page_stands_below_its_conference(DeskEntry entry) {
        assertThat(entry.address("x-2026")).matches("/(desk|check-in)/x-2026(/[a-z-]+)*");
    }
}
