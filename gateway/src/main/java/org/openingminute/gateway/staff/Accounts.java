package org.openingminute.gateway.staff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.GatewaySettings.Passwords;
import org.openingminute.kit.access.Role;
import org.springframework.security.crypto.password.PasswordEncoder;

/** The local accounts: those of named people, and the built-in ones, one for each role. Verifying a password blocks. */
final class Accounts {

    private final Map<Role, byte[]> digests = new EnumMap<>(Role.class);
    private final Map<String, NamedAccount> named;
    private final Optional<NamedAccount> costliest;
    private final PasswordEncoder hashes = PasswordHashes.encoder();

    /** @throws IllegalArgumentException if an account is invalid */
    Accounts(GatewaySettings.StaffSettings settings) {
        named = NamedAccount.read(settings.accounts());
        costliest = named.values().stream().max(Comparator.comparingInt(NamedAccount::cost));
        Passwords passwords = settings.passwords();
        for (Role role : Role.values()) {
            String password = switch (role) {
                case ORGANISER -> passwords.organiser();
                case FINANCE -> passwords.finance();
                case CHECK_IN -> passwords.checkIn();
                case OPERATOR -> passwords.operator();
            };
            if (!password.isBlank()) {
                digests.put(role, digest(password));
            }
        }
    }

    /**
     * Returns the member with that name and password. The duration reveals neither whether a named person's account exists, nor how much of
     * the password is right.
     */
    Optional<Member> signIn(String username, String password) {
        return isBuiltIn(username) ? builtIn(username, password) : ofPerson(username, password);
    }

    private Optional<Member> builtIn(String username, String password) {
        byte[] given = digest(password);
        return Role.of(username)
                .filter(role -> MessageDigest.isEqual(digests.getOrDefault(role, new byte[0]), given))
                .map(Member::of);
    }

    /** For an unknown name a hash is computed as well, at the highest cost of all accounts. */
    private Optional<Member> ofPerson(String username, String password) {
        return Optional.ofNullable(named.get(username))
                .or(() -> costliest)
                .filter(compared -> hashes.matches(password, compared.hash()) && named.containsKey(username))
                .map(NamedAccount::member);
    }

    /** The member of an account as it is configured now; empty if the account no longer exists. */
    Optional<Member> member(String username) {
        return isBuiltIn(username)
                ? Role.of(username).filter(digests::containsKey).map(Member::of)
                : Optional.ofNullable(named.get(username)).map(NamedAccount::member);
    }

    /** Whether the name is that of a role. */
    static boolean isBuiltIn(String username) {
        return Arrays.stream(Role.values()).anyMatch(role -> role.wireName().equals(username));
    }

    private static byte[] digest(String password) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
