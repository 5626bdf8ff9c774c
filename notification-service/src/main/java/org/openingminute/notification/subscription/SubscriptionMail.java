package org.openingminute.notification.subscription;

import java.util.Arrays;
import org.openingminute.notification.due.MailKind;

/** The mails that are not derived from the state of a registration, named as in their rows. */
public enum SubscriptionMail {
    OPT_IN("interest-opt-in"),
    /** Asks the owner of a mailbox to confirm it before registering. */
    MAILBOX("mailbox-confirmation"),
    /** The combined mail for registrations whose own mails would exceed their mailbox's limit. */
    SEVERAL_UNPAID(MailKind.SEVERAL_UNPAID),
    ANNOUNCEMENT("announcement"),
    SALE_OPENED("sale-opened"),
    DEADLINE_NEAR("deadline-near");

    private final String code;

    SubscriptionMail(String code) {
        this.code = code;
    }

    /** The name in rows and answers. */
    public String code() {
        return code;
    }

    /** The codes of announcements. */
    public static String[] announced() {
        return Arrays.stream(values())
                .filter(kind -> kind != OPT_IN && kind != MAILBOX && kind != SEVERAL_UNPAID)
                .map(SubscriptionMail::code)
                .toArray(String[]::new);
    }

    /** The names of all kinds. */
    public static String[] codes() {
        return Arrays.stream(values()).map(SubscriptionMail::code).toArray(String[]::new);
    }
}
