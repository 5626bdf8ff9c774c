package org.openingminute.gateway.staff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.openingminute.gateway.GatewaySettings.Passwords;
import org.openingminute.kit.access.Role;

/** The three built-in accounts, one for each role. */
final class Accounts {

    private final Map<Role, byte[]> digests = new EnumMap<>(Role.class);

    Accounts(Passwords passwords) {
        for (Role role : Role.values()) {
            String password = switch (role) {
                case ORGANISER -> passwords.organiser();
                case CHECK_IN -> passwords.checkIn();
                case OPERATOR -> passwords.operator();
            };
            if (!password.isBlank()) {
                digests.put(role, digest(password));
            }
        }
    }

    /**
     * The account with that name and password. Takes the same time whether or not the name is known, and however much
     * of the password is right: every account is compared, by digests of equal length.
     */
    Optional<Role> signIn(String username, String password) {
        byte[] given = digest(password);
        Optional<Role> found = Optional.empty();
        for (Map.Entry<Role, byte[]> account : digests.entrySet()) {
            boolean same = MessageDigest.isEqual(account.getValue(), given);
            if (same && account.getKey().wireName().equals(username)) {
                found = Optional.of(account.getKey());
            }
        }
        return found;
    }

    /** True for the three names, whether or not they have a password. */
    static boolean exists(String username) {
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
