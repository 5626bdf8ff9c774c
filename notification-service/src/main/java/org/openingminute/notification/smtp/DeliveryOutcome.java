package org.openingminute.notification.smtp;

/** The outcome of handing a mail to the mail server. Answers are the server's own, on one line. */
public sealed interface DeliveryOutcome {

    /** The server has it. */
    record Accepted(String answer) implements DeliveryOutcome {}

    /** There is nobody of that address. */
    record Bounced(String answer) implements DeliveryOutcome {}

    /** The server does not take this mail, or nothing for this recipient, for a reason that may stay. */
    record Refused(String answer) implements DeliveryOutcome {}

    /** The server asks to try later, as greylisting does, or takes no mail of ours at all, which a person puts right. */
    record RefusedForNow(String answer) implements DeliveryOutcome {}

    /** The server was not reached, so it has not seen the mail. */
    record Unreachable(String reason) implements DeliveryOutcome {}

    /** Nothing is known: the server fell silent while it was spoken to. A second try bears the same Message-ID. */
    record BrokenOff(String reason) implements DeliveryOutcome {}
}
