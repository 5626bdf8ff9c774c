package org.openingminute.gateway.staff;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;

/**
 * A local account of a named person, with the hash of its password. Immutable.
 *
 * @param cost the cost of verifying a password: the KiB written in all passes
 */
record NamedAccount(Member member, String hash, int cost) {

    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9._@+-]{1,64}");
    private static final Pattern NAME = Pattern.compile("[^\\p{Cc}]{1,200}");
    private static final Pattern EMAIL = Pattern.compile("(?:[^\\s@]{1,64}@[^\\s@]{1,255})?");
    private static final Pattern HASH = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(?<kib>[0-9]{1,6}),t=(?<passes>[0-9]{1,2}),p=[0-9]\\$[A-Za-z0-9+/]+\\$[A-Za-z0-9+/]+");
    /** The limit on a hash's memory: two verifications at once have to fit beside everything else. */
    private static final int MOST_KIB = 65_536;

    private static final int FIELDS = 5;

    /**
     * Parses accounts from their configuration.
     *
     * @param configured lines of {@code username|name|mailbox or nothing|roles separated by spaces|hash}. A role reads
     *     {@code organiser} or, for one conference, {@code organiser:mlsys-2026}. A semicolon may replace a line break
     * @throws IllegalArgumentException if an account is invalid; the message contains neither name nor hash
     */
    static Map<String, NamedAccount> read(String configured) {
        List<String> lines = Arrays.stream(configured.split("[;\\r\\n]+", -1))
                .filter(line -> !line.isBlank())
                .toList();
        Map<String, NamedAccount> accounts = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String place = "STAFF_ACCOUNTS, account " + (i + 1) + ": ";
            NamedAccount account = parsed(lines.get(i), place);
            if (accounts.put(account.member.person().subject(), account) != null) {
                throw new IllegalArgumentException(place + "another one has the same username");
            }
        }
        return accounts;
    }

    private static NamedAccount parsed(String line, String place) {
        List<String> fields =
                Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        if (fields.size() != FIELDS) {
            throw new IllegalArgumentException(place + "is not username|name|mailbox|roles|hash");
        }
        String username = fields.get(0);
        if (!USERNAME.matcher(username).matches() || Accounts.isBuiltIn(username)) {
            throw new IllegalArgumentException(place + "the username is a built-in one, or has other characters than"
                    + " letters, digits and . _ @ + -");
        }
        if (!NAME.matcher(fields.get(1)).matches()) {
            throw new IllegalArgumentException(place + "the name is missing, or longer than 200 characters");
        }
        if (!EMAIL.matcher(fields.get(2)).matches()) {
            throw new IllegalArgumentException(place + "the mailbox is none");
        }
        Matcher hash = HASH.matcher(fields.get(4));
        if (!hash.matches()
                || Integer.parseInt(hash.group("kib")) > MOST_KIB
                || !PasswordHashes.canBeCompared(fields.get(4))) {
            throw new IllegalArgumentException(
                    place + "the hash is none of Argon2id, as hash-password makes it, or needs more than 64 MiB");
        }
        return new NamedAccount(
                new Member(
                        new Person(username, fields.get(1)),
                        fields.get(2).isEmpty() ? null : fields.get(2),
                        roles(fields.get(3), place)),
                fields.get(4),
                Integer.parseInt(hash.group("kib")) * Integer.parseInt(hash.group("passes")));
    }

    private static Set<Role.Grant> roles(String names, String place) {
        Set<Role.Grant> roles = new HashSet<>();
        for (String name : names.split(" +", -1)) {
            roles.add(Role.Grant.read(name)
                    .orElseThrow(() -> new IllegalArgumentException(place
                            + "the roles are not of organiser, finance, check-in and operator, with spaces between them; each"
                            + " but operator may end in a colon and a conference")));
        }
        return roles;
    }

    @Override
    public String toString() {
        return "NamedAccount[" + member.person().subject() + "]";
    }
}
