package org.openingminute.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.staff.Member;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;

class StaffHomeTest {

    @ParameterizedTest
    @CsvSource({
        "organiser, /desk, true",
        "organiser operator, /desk, true",
        "finance:mlsys-2026 check-in:mlsys-2026, /desk, true",
        "check-in, /desk, true",
        "check-in:mlsys-2026, /check-in/mlsys-2026, true",
        "check-in:mlsys-2026 check-in:other-2026, /desk, true",
        "operator, /api/ops/status, false"
    })
    void member_is_led_to_where_their_roles_work(String roles, String path, boolean isPage) {
        Set<Role.Grant> grants = Stream.of(roles.split(" "))
                .map(role -> Role.Grant.read(role).orElseThrow())
                .collect(Collectors.toSet());

        StaffHome home = StaffHome.of(new Member(new Person("ada", "Ada Lovelace"), null, grants));

        assertThat(home.path()).isEqualTo(path);
        assertThat(home.isPage()).isEqualTo(isPage);
    }
}
