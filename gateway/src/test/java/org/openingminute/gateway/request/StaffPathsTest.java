package org.openingminute.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaffPathsTest {

    @ParameterizedTest
    @CsvSource({
        "/desk, true, true, true",
        "/desk/, true, true, true",
        "/desk/mlsys-2026/mails, true, true, true",
        "/check-in, false, true, true",
        "/check-in/mlsys-2026/counts, false, true, true",
        "/ops, false, false, true",
        "/ops/dead-letters, false, false, true",
        "/desks, false, false, false",
        "/desk-2026/desk, false, false, false",
        "/check-in-mlsys, false, false, false",
        "/opsie, false, false, false",
        "/api/desk, false, false, false",
        "/register, false, false, false",
        "/, false, false, false",
        "'', false, false, false"
    })
    void paths_for_staff_are_known_by_their_first_part(
            String path, boolean isOfDesk, boolean isOfConferences, boolean isAny) {
        assertThat(StaffPaths.isOfDesk(path)).as("desk").isEqualTo(isOfDesk);
        assertThat(StaffPaths.isOfConferences(path)).as("desk and check-in").isEqualTo(isOfConferences);
        assertThat(StaffPaths.isAny(path)).as("desk, check-in and operators").isEqualTo(isAny);
    }
}
