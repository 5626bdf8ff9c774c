package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.staff.StaffTokenIssuer.Issued;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;

/** Proves how long a session's staff token is reused, with a controlled clock. */
class StaffTokenIssuerTest {

    private static final UUID SESSION = new UUID(0, 1);
    private static final Member ADA = ada(Role.ORGANISER);

    private final SetClock clock = new SetClock();
    private final StaffTokenIssuer tokens = new StaffTokenIssuer(TestSettings.withAccounts(""), clock);

    @Test
    void session_has_one_token_a_minute() {
        Issued first = tokens.forSession(ADA, SESSION);
        clock.pass(Duration.ofSeconds(59));
        assertThat(tokens.forSession(ADA, SESSION)).isEqualTo(first);
        assertThat(first.expiresAt()).isAfter(clock.instant().plus(Duration.ofMinutes(14)));

        clock.pass(Duration.ofSeconds(1));
        Issued next = tokens.forSession(ADA, SESSION);
        assertThat(next.accessToken()).isNotEqualTo(first.accessToken());
        assertThat(next.expiresAt()).isEqualTo(first.expiresAt().plus(Duration.ofMinutes(1)));
    }

    @Test
    void another_session_has_a_token_of_its_own() {
        assertThat(tokens.forSession(ADA, new UUID(0, 2)).accessToken())
                .isNotEqualTo(tokens.forSession(ADA, SESSION).accessToken());
    }

    @Test
    void roles_that_have_changed_are_in_the_next_token_at_once() {
        tokens.forSession(ADA, SESSION);
        assertThat(tokens.forSession(ada(Role.OPERATOR), SESSION).roles()).containsExactly("operator");
    }

    private static Member ada(Role role) {
        return new Member(new Person("ada", "Ada Lovelace"), null, Set.of(new Role.Grant(role, null)));
    }
}
