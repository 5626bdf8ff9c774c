package org.openingminute.notification.smtp;

/** The outcome of handing a mail to the mail server. Responses are the server's own words, on one line. */
public sealed interface DeliveryOutcome {

    /** The server has accepted the mail. */
    record Accepted(String answer) implements DeliveryOutcome {}

    /** The address does not exist. */
    record Bounced(String answer) implements DeliveryOutcome {}

    /** The server refuses this mail, or any mail for this recipient, for a reason that may be permanent. */
    record Refused(String answer) implements DeliveryOutcome {}

    /** The server asks to try later, as greylisting does, or takes none of our mails, which a person has to fix. */
    record RefusedForNow(String answer) implements DeliveryOutcome {}

    /** The server was not reached, so it has not seen the mail. */
    record Unreachable(String reason) implements DeliveryOutcome {}

    /** The outcome is unknown, because the server stopped responding during the dialogue. A second attempt uses the same Message-ID. */
    record BrokenOff(String reason) implements DeliveryOutcome {}
}
