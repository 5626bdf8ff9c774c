package org.openingminute.notification.due;

/**
 * A mail that is due by a state; equal values are one mail.
 *
 * @param about empty if this kind is due once for a registration; otherwise the name of its subject, such as a refund's id
 */
public record DueMail(MailKind kind, String about) {

    /** A kind that is due once for each registration. */
    static DueMail once(MailKind kind) {
        return new DueMail(kind, "");
    }

    /** Whether a person asked for it, so that it is due as long as it waits, whatever the state. */
    public boolean isRequested() {
        return isRequested(kind, about);
    }

    static boolean isRequested(MailKind kind, String about) {
        return kind == MailKind.LINK && about.isEmpty();
    }

    /** Whether rows name it like this. */
    boolean is(String otherKind, String otherAbout) {
        return kind.code().equals(otherKind) && about.equals(otherAbout);
    }
}
