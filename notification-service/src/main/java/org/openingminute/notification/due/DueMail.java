package org.openingminute.notification.due;

/**
 * A mail that a state owes; equal ones are one mail.
 *
 * @param about empty where a registration is owed this kind once; else the id of what it is about
 */
public record DueMail(MailKind kind, String about) {

    /** A kind that is owed once for each registration. */
    static DueMail once(MailKind kind) {
        return new DueMail(kind, "");
    }
}
