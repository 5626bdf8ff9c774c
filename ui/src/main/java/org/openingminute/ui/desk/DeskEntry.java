package org.openingminute.ui.desk;

import java.util.Locale;
import java.util.Set;

/** A page of the navigation for staff, in its order. */
public enum DeskEntry {
    OVERVIEW("", Roles.ACCOUNTS),
    REGISTRATIONS("registrations", Roles.ACCOUNTS),
    NEEDS("needs", Roles.ACCOUNTS),
    PROOFS("proofs", Roles.ORGANISER),
    TRANSFERS("transfers", Roles.ACCOUNTS),
    MONEY("money", Roles.ACCOUNTS),
    EXPORTS("exports", Roles.ACCOUNTS),
    MAILS("mails", Roles.ORGANISER),
    BADGES("badges", Roles.ORGANISER),
    WAITING_ROOM("waiting-room/report", Roles.ORGANISER),
    AUDIT("audit", Roles.ORGANISER),
    CHECK_IN("", Roles.DOOR) {
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

    DeskEntry(String path, Roles roles) {
        this.path = path;
        this.roles = roles;
    }

    /** Where it stands, of the conference with that slug. */
    public String address(String slug) {
        return "/desk/" + slug + (path.isEmpty() ? "" : "/" + path);
    }

    /** Whether one of the roles may open it. */
    public boolean isFor(Set<String> readersRoles) {
        return readersRoles.stream().anyMatch(roles::include);
    }

    /** The key of its name in {@code ui/texts}. */
    String key() {
        return "ui.desk." + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
