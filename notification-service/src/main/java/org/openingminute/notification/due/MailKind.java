package org.openingminute.notification.due;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** The kind of a mail. */
public enum MailKind {
    PAY_NOW("pay-now"),
    CONFIRMATION("confirmation"),
    PAYMENT_FAILED("payment-failed"),
    EXPIRED("expired"),
    CANCELLED("cancelled"),
    LATE_PAYMENT_REFUNDED("late-payment-refunded"),
    REFUND_MADE("refund-made"),
    /** A completed refund did not reach the payer. */
    REFUND_FAILED("refund-failed"),
    PROOF_WANTED("proof-wanted"),
    PROOF_ACCEPTED("proof-accepted"),
    PROOF_REFUSED("proof-refused"),
    PAYMENT_DISPUTED("payment-disputed"),
    DISPUTE_SETTLED("dispute-settled"),
    /** Due if a reader asks for a new link, or if former links were invalidated; then its subject is the new generation. */
    LINK("link"),
    /** To the contact's former address, without a link. Its subject is the generation that invalidated that contact's links. */
    CONTACT_CHANGED("contact-changed");

    /** The code of the combined mail for several unpaid registrations, which has no single registration as its subject. */
    public static final String SEVERAL_UNPAID = "several-unpaid";

    private final String code;

    MailKind(String code) {
        this.code = code;
    }

    /** Returns the name in messages, rows and responses. */
    @JsonValue
    public String code() {
        return code;
    }

    /** Whether the mail must not be sent to a registrant who has paid. */
    public boolean asksForMoney() {
        return switch (this) {
            case PAY_NOW, PAYMENT_FAILED, PROOF_ACCEPTED -> true;
            case CONFIRMATION,
                    EXPIRED,
                    CANCELLED,
                    LATE_PAYMENT_REFUNDED,
                    REFUND_MADE,
                    REFUND_FAILED,
                    PROOF_WANTED,
                    PROOF_REFUSED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    LINK,
                    CONTACT_CHANGED -> false;
        };
    }

    /** Whether the mail may be about an unpaid registration and follows from something that anybody can do. */
    boolean isAboutUnpaid() {
        return switch (this) {
            case PAY_NOW, CONFIRMATION, PAYMENT_FAILED, PROOF_WANTED, EXPIRED, CANCELLED, LINK -> true;
            case LATE_PAYMENT_REFUNDED,
                    REFUND_MADE,
                    REFUND_FAILED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    PAYMENT_DISPUTED,
                    DISPUTE_SETTLED,
                    CONTACT_CHANGED -> false;
        };
    }

    /** Whether several of this kind may be due for a registration, each with its own subject, such as a refund. */
    public boolean isAboutSomething() {
        return switch (this) {
            case REFUND_MADE, REFUND_FAILED, PAYMENT_DISPUTED, DISPUTE_SETTLED, CONTACT_CHANGED -> true;
            case PAY_NOW,
                    CONFIRMATION,
                    PAYMENT_FAILED,
                    EXPIRED,
                    CANCELLED,
                    LATE_PAYMENT_REFUNDED,
                    PROOF_WANTED,
                    PROOF_ACCEPTED,
                    PROOF_REFUSED,
                    LINK -> false;
        };
    }

    /** Returns the codes of all kinds. Rows of other kinds belong to a later version, which sends them itself. */
    public static String[] codes() {
        return Arrays.stream(values()).map(MailKind::code).toArray(String[]::new);
    }

    /** The kind of that name, if there is one. */
    public static Optional<MailKind> of(String code) {
        return Arrays.stream(values()).filter(kind -> kind.code.equals(code)).findFirst();
    }
}
