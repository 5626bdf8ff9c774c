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

/** Creates and verifies password hashes, and implements the command {@code hash-password} that prints one. */
public final class PasswordHashes {

    /** The maximum length of a password in characters; longer input is not hashed. */
    static final int LONGEST = 200;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    // From the equally strong settings of OWASP's Password Storage Cheat Sheet, the one with the least memory such that
    // a small heap can hold two hashes.
    private static final int MEMORY_KIB = 12_288;
    private static final int ITERATIONS = 3;

    private PasswordHashes() {}

    /** The encoder. It creates Argon2id hashes, and verifies hashes with any parameters. Thread-safe. */
    static PasswordEncoder encoder() {
        return new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, 1, MEMORY_KIB, ITERATIONS);
    }

    /** Whether passwords can be verified against a hash. Computes a hash. */
    static boolean canBeCompared(String hash) {
        PasswordEncoder encoder = encoder();
        try {
            // Matching returns false for an unreadable hash; this call throws.
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
     * @return the exit code: 0, or 1 if the password is too short or too long
     */
    public static int print(@Nullable String password, PrintStream out, PrintStream err) {
        if (password == null || password.length() < Passwords.SHORTEST || password.length() > LONGEST) {
            err.println("A password has at least " + Passwords.SHORTEST + " characters, and " + LONGEST + " at most.");
            return 1;
        }
        out.println(encoder().encode(password));
        return 0;
    }

    /** Reads a password from the terminal or, without a terminal, the first line of the input; {@code null} if there is none. */
    public static @Nullable String read() throws IOException {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (terminal.isPresent()) {
            char[] typed = terminal.get().readPassword("Password: ");
            return typed == null ? null : new String(typed);
        }
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
}
