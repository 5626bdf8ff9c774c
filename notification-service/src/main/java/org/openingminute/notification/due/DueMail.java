package org.openingminute.notification.due;

/**
 * A mail that is due by a state; equal ones are one mail.
 *
 * @param about empty where this kind is due once for a registration; else the id of what it is about
 */
public record DueMail(MailKind kind, String about) {

    /** A kind that is due once for each registration. */
    static DueMail once(MailKind kind) {
        return new DueMail(kind, "");
    }
}
