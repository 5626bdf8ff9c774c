package org.openingminute.notification.due;

/**
 * A mail that a state makes due. Equal values denote the same mail.
 *
 * @param about empty if the kind is due once per registration; otherwise the name of its subject, such as a refund's id
 */
public record DueMail(MailKind kind, String about) {

    /** Creates a mail of a kind that is due once per registration. */
    static DueMail once(MailKind kind) {
        return new DueMail(kind, "");
    }

    /** Whether a person asked for it; it then stays due while it waits, whatever the state. */
    public boolean isRequested() {
        return isRequested(kind, about);
    }

    static boolean isRequested(MailKind kind, String about) {
        return kind == MailKind.LINK && about.isEmpty();
    }

    /** Whether a row with this kind and subject denotes this mail. */
    boolean is(String otherKind, String otherAbout) {
        return kind.code().equals(otherKind) && about.equals(otherAbout);
    }
}
