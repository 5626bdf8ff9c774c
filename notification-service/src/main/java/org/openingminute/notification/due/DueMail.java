package org.openingminute.notification.due;

/**
 * A mail that is due by a state; equal values are one mail.
 *
 * @param about empty if this kind is due once for a registration; otherwise the id of its subject, such as a refund
 */
public record DueMail(MailKind kind, String about) {

    /** A kind that is due once for each registration. */
    static DueMail once(MailKind kind) {
        return new DueMail(kind, "");
    }

    /** Whether rows name it like this. */
    boolean is(String otherKind, String otherAbout) {
        return kind.code().equals(otherKind) && about.equals(otherAbout);
    }
}
