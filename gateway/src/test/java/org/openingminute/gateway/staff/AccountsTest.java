package org.openingminute.gateway.staff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.GatewaySettings.Passwords;
import org.openingminute.gateway.TestSettings;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.access.Role.Grant;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

class AccountsTest {

    private static final String HASH = hash("correct horse battery");

    private final Accounts accounts = accounts("""
            ada|Ada Lovelace|ada@example.org|organiser:mlsys-2026 operator|%s
            grace@navy|Grace Hopper||check-in|%s
            """.formatted(HASH, hash("ships in port are safe")));

    @Test
    void each_built_in_account_has_the_role_of_its_name() {
        assertThat(accounts.signIn("organiser", "right"))
                .map(Member::grants)
                .contains(Set.of(Grant.of(Role.ORGANISER)));
        assertThat(accounts.signIn("check-in", "also right"))
                .map(Member::grants)
                .contains(Set.of(Grant.of(Role.CHECK_IN)));
    }

    @Test
    void a_named_account_is_a_person_with_roles() {
        assertThat(accounts.signIn("ada", "correct horse battery"))
                .contains(new Member(
                        new Person("ada", "Ada Lovelace"),
                        "ada@example.org",
                        Set.of(new Grant(Role.ORGANISER, "mlsys-2026"), Grant.of(Role.OPERATOR))));
        assertThat(accounts.signIn("grace@navy", "ships in port are safe"))
                .contains(new Member(new Person("grace@navy", "Grace Hopper"), null, Set.of(Grant.of(Role.CHECK_IN))));
    }

    @Test
    void wrong_passwords_and_unknown_names_are_refused() {
        assertThat(accounts.signIn("organiser", "wrong")).isEmpty();
        assertThat(accounts.signIn("organiser", "right ")).isEmpty();
        assertThat(accounts.signIn("root", "right")).isEmpty();
        assertThat(accounts.signIn("organiser", "also right")).isEmpty();
        assertThat(accounts.signIn("ada", "ships in port are safe")).isEmpty();
        assertThat(accounts.signIn("Ada", "correct horse battery")).isEmpty();
        assertThat(accounts.signIn("nobody", "correct horse battery")).isEmpty();
    }

    @Test
    void an_account_without_a_password_cannot_sign_in() {
        assertThat(accounts.signIn("operator", "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada|Ada|organiser|HASH",
                "a da|Ada||organiser|HASH",
                "organiser|Ada||organiser|HASH",
                "ada|||organiser|HASH",
                "ada|Ada|nobody|organiser|HASH",
                "ada|Ada|||HASH",
                "ada|Ada||root|HASH",
                "ada|Ada||operator:mlsys-2026|HASH",
                "ada|Ada||organiser:|HASH",
                "ada|Ada||organiser|secret",
                "ada|Ada||organiser|$argon2id$v=19$m=999999,t=1,p=1$c2FsdA$aGFzaA",
                "ada|Ada||organiser|$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
                "ada|Ada||organiser|$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$aGFzaGhhc2g",
                "ada|Ada||organiser|$argon2id$v=19$m=0,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
                "ada|Ada||organiser|$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$a",
                "ada|Ada||organiser|HASH;ada|Augusta||operator|HASH"
            })
    void an_account_that_cannot_be_used_stops_the_start(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> accounts(line.replace("HASH", HASH)))
                .withMessageMatching("STAFF_ACCOUNTS, account [12]: .*")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("Ada", "secret", "$"));
    }

    @Test
    void an_unknown_name_takes_as_long_as_the_costliest_account() {
        Accounts unequal = accounts("""
                quick|Quick||check-in|%s
                slow|Slow||check-in|%s
                """.formatted(
                        new Argon2PasswordEncoder(16, 32, 1, 64, 1).encode("a password"),
                        new Argon2PasswordEncoder(16, 32, 1, 16_384, 2).encode("a password")));
        long nobody = Long.MAX_VALUE;
        long slow = Long.MAX_VALUE;
        // In turns, so that a machine that becomes busy slows down both.
        for (int i = 0; i < 5; i++) {
            nobody = Math.min(nobody, nanos(unequal, "nobody"));
            slow = Math.min(slow, nanos(unequal, "slow"));
        }
        assertThat(nobody).as("takes about as long as for an existing account").isGreaterThan(slow / 3);
    }

    private static long nanos(Accounts accounts, String name) {
        long before = System.nanoTime();
        assertThat(accounts.signIn(name, "a guess")).isEmpty();
        return System.nanoTime() - before;
    }

    @Test
    void the_command_makes_a_hash_that_signs_in() {
        String hash = hash("correct horse battery");
        assertThat(hash).startsWith("$argon2id$v=19$m=12288,t=3,p=1$").isNotEqualTo(HASH);
        assertThat(accounts("ada|Ada||organiser|" + hash).signIn("ada", "correct horse battery"))
                .isPresent();
    }

    @Test
    void the_command_refuses_a_password_that_is_short_or_that_no_form_takes() {
        for (String password : List.of("elevenchars", "x".repeat(201))) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            assertThat(PasswordHashes.print(password, System.out, printing(err)))
                    .isOne();
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("12 characters", "200 at most");
        }
    }

    private static Accounts accounts(String named) {
        return new Accounts(new GatewaySettings.StaffSettings(
                "key",
                "",
                "",
                "",
                "roles",
                "",
                "",
                "",
                new Passwords("right", "", "also right", ""),
                named,
                TestSettings.SIGN_IN));
    }

    private static String hash(String password) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(PasswordHashes.print(password, printing(out), System.err)).isZero();
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    private static PrintStream printing(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }
}
