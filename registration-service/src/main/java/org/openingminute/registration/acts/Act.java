package org.openingminute.registration.acts;

import org.openingminute.kit.access.Permission;

/** The acts that have desk pages of their own. */
enum Act {
    REFUND("refund", Permission.KEEP_ACCOUNTS),
    CANCEL("cancel", Permission.ORGANISE),
    MARK_PAID("mark-paid", Permission.KEEP_ACCOUNTS),
    ACCEPT_OFFER("accept-offer", Permission.ORGANISE),
    CORRECT_CONTACT("contact", Permission.ORGANISE),
    NEW_LINK("new-link", Permission.ORGANISE);

    private final String path;
    private final Permission permission;

    Act(String path, Permission permission) {
        this.path = path;
        this.permission = permission;
    }

    /** Returns the last segment of the page's path, which is also the middle part of its message keys. */
    String path() {
        return path;
    }

    Permission permission() {
        return permission;
    }
}
