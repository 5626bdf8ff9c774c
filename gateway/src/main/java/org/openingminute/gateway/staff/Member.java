package org.openingminute.gateway.staff;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;

/**
 * A member of staff who has signed in, however that was. Immutable.
 *
 * @param email {@code null} where none is known
 */
public record Member(Person person, @Nullable String email, Set<Role.Grant> grants) {

    public Member {
        grants = Set.copyOf(grants);
    }

    /** The holder of one of the built-in accounts, which have no names. */
    static Member of(Role account) {
        return new Member(new Person(account.wireName(), account.wireName()), null, Set.of(Role.Grant.of(account)));
    }
}
