package org.openingminute.registration.acts;

import org.openingminute.kit.access.Permission;

/** What staff do to a registration on a page of its own. */
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

    /** The last part of its page's address, and the middle of its texts' keys. */
    String path() {
        return path;
    }

    Permission permission() {
        return permission;
    }
}
