package org.openingminute.ui.desk;

import java.util.Locale;
import java.util.Set;

/** The entries of the staff navigation, in the order in which they are shown. */
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
    WAITING_ROOM("waiting-room", Roles.ORGANISER),
    AUDIT("audit", Roles.ORGANISER),
    CHECK_IN("", Roles.DOOR) {
        @Override
        public String address(String slug) {
            return "/check-in/" + slug;
        }
    };

    /** The roles that may open a page, by their names in staff tokens. */
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

    /** The address of the page for the conference with that slug. */
    public String address(String slug) {
        return "/desk/" + slug + (path.isEmpty() ? "" : "/" + path);
    }

    /** Whether one of the roles may open the page. */
    public boolean isFor(Set<String> readersRoles) {
        return readersRoles.stream().anyMatch(roles::include);
    }

    /** The key of the entry's label in {@code ui/texts}. */
    String key() {
        return "ui.desk." + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
