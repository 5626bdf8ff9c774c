package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewaySettings.Passwords;
import org.openingminute.kit.access.Role;

class AccountsTest {

    private final Accounts accounts = new Accounts(new Passwords("right", "also right", ""));

    @Test
    void each_account_has_the_role_of_its_name() {
        assertThat(accounts.signIn("organiser", "right")).contains(Role.ORGANISER);
        assertThat(accounts.signIn("check-in", "also right")).contains(Role.CHECK_IN);
    }

    @Test
    void wrong_passwords_and_unknown_names_are_refused() {
        assertThat(accounts.signIn("organiser", "wrong")).isEmpty();
        assertThat(accounts.signIn("organiser", "right ")).isEmpty();
        assertThat(accounts.signIn("root", "right")).isEmpty();
        assertThat(accounts.signIn("organiser", "also right")).isEmpty();
    }

    @Test
    void an_account_without_a_password_cannot_sign_in() {
        assertThat(accounts.signIn("operator", "")).isEmpty();
    }
}
