package org.openingminute.ui.desk;

import java.util.Locale;
import java.util.Set;

/** A page of the navigation for staff, in its order. */
public enum DeskEntry {
    OVERVIEW("", Roles.ACCOUNTS, true),
    REGISTRATIONS("registrations", Roles.ACCOUNTS, true),
    NEEDS("needs", Roles.ACCOUNTS, true),
    PROOFS("proofs", Roles.ORGANISER, true),
    TRANSFERS("transfers", Roles.ACCOUNTS, true),
    MONEY("money", Roles.ACCOUNTS, true),
    EXPORTS("exports", Roles.ACCOUNTS, true),
    MAILS("mails", Roles.ORGANISER, true),
    BADGES("badges", Roles.ORGANISER, true),
    WAITING_ROOM("waiting-room/report", Roles.ORGANISER, true),
    AUDIT("audit", Roles.ORGANISER, true),
    CHECK_IN("", Roles.DOOR, true) {
        @Override
        public String address(String slug) {
            return "/check-in/" + slug;
        }
    };

    /** Who may open a page, by names of roles as staff tokens have them. */
    private enum Roles {
        ORGANISER,
        ACCOUNTS,
        DOOR;

        boolean include(String role) {
            return role.equals("organiser")
                    || switch (this) {
                        case ORGANISER -> false;
                        case ACCOUNTS -> role.equals("finance");
                        case DOOR -> role.equals("check-in");
                    };
        }
    }

    private final String path;
    private final Roles roles;
    private final boolean exists;

    /** @param exists whether the page can be opened: only then the navigation leads to it */
    DeskEntry(String path, Roles roles, boolean exists) {
        this.path = path;
        this.roles = roles;
        this.exists = exists;
    }

    /** Where it stands, of the conference with that slug. */
    public String address(String slug) {
        return "/desk/" + slug + (path.isEmpty() ? "" : "/" + path);
    }

    /** Whether it exists, and one of the roles may open it. */
    public boolean isFor(Set<String> readersRoles) {
        return exists && readersRoles.stream().anyMatch(roles::include);
    }

    /** The key of its name in {@code ui/texts}. */
    String key() {
        return "ui.desk." + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
