package org.openingminute.gateway.staff;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings.Passwords;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Makes the hashes of passwords, and the command {@code hash-password} that prints one. */
public final class PasswordHashes {

    /** Of a password in characters; a form that is longer is not looked at. */
    static final int LONGEST = 200;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    // Of OWASP's equals in the Password Storage Cheat Sheet the one with the least memory that a small heap has twice
    // over.
    private static final int MEMORY_KIB = 12_288;
    private static final int ITERATIONS = 3;

    private PasswordHashes() {}

    /** Makes Argon2id, and checks every one, whatever it was made with. Safe for use by many threads. */
    static PasswordEncoder encoder() {
        return new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, 1, MEMORY_KIB, ITERATIONS);
    }

    /** Whether passwords can be compared with that hash; computes one. */
    static boolean canBeCompared(String hash) {
        PasswordEncoder encoder = encoder();
        try {
            // Comparing says no to what cannot be read; this throws.
            var _ = encoder.upgradeEncoding(hash);
            var _ = encoder.matches("-", hash);
            return true;
        } catch (IllegalArgumentException | IllegalStateException _) {
            return false;
        }
    }

    /**
     * Prints the hash of a password.
     *
     * @return the exit code: 0, or 1 for a password that is too short or too long
     */
    public static int print(@Nullable String password, PrintStream out, PrintStream err) {
        if (password == null || password.length() < Passwords.SHORTEST || password.length() > LONGEST) {
            err.println("A password has at least " + Passwords.SHORTEST + " characters, and " + LONGEST + " at most.");
            return 1;
        }
        out.println(encoder().encode(password));
        return 0;
    }

    /** A password from the terminal or, without one, the first line of the input; {@code null} if there is none. */
    public static @Nullable String read() throws IOException {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (terminal.isPresent()) {
            char[] typed = terminal.get().readPassword("Password: ");
            return typed == null ? null : new String(typed);
        }
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
}
