package org.openingminute.gateway.session;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.openingminute.gateway.staff.Member;
import org.openingminute.kit.access.Role;

/**
 * The place where a member of staff works.
 *
 * @param key the key of the link's text
 * @param isPage whether it is a page, to which a sign-in without a target leads
 */
record StaffHome(String path, String key, boolean isPage) {

    private static final String DESK = "/desk";

    /** The desk for those who may open one of its pages, else the door, else the system's state. */
    static StaffHome of(Member member) {
        Set<Role> roles = member.grants().stream().map(Role.Grant::role).collect(Collectors.toSet());
        if (roles.contains(Role.ORGANISER) || roles.contains(Role.FINANCE)) {
            return new StaffHome(DESK, "signed-in.desk", true);
        }
        return roles.contains(Role.CHECK_IN)
                ? new StaffHome(door(member), "signed-in.door", true)
                : new StaffHome("/api/ops/status", "signed-in.status", false);
    }

    /** The door of the only conference; the desk leads to those of several. */
    private static String door(Member member) {
        List<Role.Grant> doors = member.grants().stream()
                .filter(grant -> grant.role() == Role.CHECK_IN)
                .toList();
        return doors.size() == 1 && doors.getFirst().scope() != null
                ? "/check-in/" + doors.getFirst().scope()
                : DESK;
    }
}
