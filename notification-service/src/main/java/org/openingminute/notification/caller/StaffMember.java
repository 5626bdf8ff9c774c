package org.openingminute.notification.caller;

import java.util.Set;

/** Someone who signed in. */
public record StaffMember(String account, Set<String> roles) implements Caller {

    public StaffMember {
        roles = Set.copyOf(roles);
    }

    boolean isOrganiser() {
        return roles.contains("organiser");
    }

    boolean isOperator() {
        return roles.contains("operator");
    }
}
