package org.openingminute.gateway.staff;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;

/**
 * A member of staff who has signed in, by whatever means. Immutable.
 *
 * @param email {@code null} if it is not known
 */
public record Member(Person person, @Nullable String email, Set<Role.Grant> grants) {

    public Member {
        grants = Set.copyOf(grants);
    }

    /** The holder of a built-in account, which has no person's name. */
    static Member of(Role account) {
        return new Member(new Person(account.wireName(), account.wireName()), null, Set.of(Role.Grant.of(account)));
    }
}
