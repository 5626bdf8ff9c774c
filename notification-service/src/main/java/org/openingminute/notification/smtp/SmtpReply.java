package org.openingminute.notification.smtp;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Interprets the refusals of a mail server (RFC 5321 4.2, and RFC 3463 where it gives an enhanced code as RFC 2034 has it).
 */
final class SmtpReply {

    /** The server closes the connection. This concerns the server, not the mail (RFC 5321 3.8). */
    private static final int CLOSING = 421;

    /** Authentication required (RFC 4954 6). This concerns our account. */
    private static final int WHO_ARE_YOU = 530;

    /**
     * RFC 3463 3.2 and RFC 7505 4.2: no such mailbox, no such system, an invalid address, a mailbox that moved without a new address, and a
     * domain that accepts no mail. The other codes of 5.1 concern the sender or are unspecific.
     */
    private static final Set<String> NO_SUCH_RECIPIENT = Set.of("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10");

    /**
     * RFC 5321 4.2.3, as a reply to RCPT: mailbox unavailable, user not local, mailbox name not allowed. Other codes concern storage (552)
     * or parameters (555), or say nothing about the address (554). A server that refuses us, whoever the recipient is, replies with the
     * same codes and may quote the address. They therefore count only if the text says that there is no such mailbox.
     */
    private static final Set<Integer> NO_SUCH_MAILBOX = Set.of(550, 551, 553);

    private static final Pattern OF_A_MAILBOX =
            Pattern.compile("\\b(mailbox|user|recipient|unrouteable address)\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern OF_NOBODY = Pattern.compile(
            "unknown|no such|no mailbox|unavailable|not (be )?found|(not|n['’]t) exist"
                    + "|invalid (recipient|mailbox|address|user)|disabled|not (local|known|valid|hosted|listed)"
                    + "|name not allowed|unrouteable",
            Pattern.CASE_INSENSITIVE);

    /** Words of refusals that mention the mailbox but concern us, our address or a full mailbox. */
    private static final Pattern OF_SOMETHING_ELSE = Pattern.compile(
            "relay|rcpthosts|sender|verif|authenti|log ?in|den(y|ied)|prohibit|permi(t|ssion)|polic|block|black|spam"
                    + "|\\b(ip|dns|ptr|helo|ehlo|list|spf|dkim|dmarc|service)\\b|quota|full|too many|connection"
                    + "|\\bclient|\\b(your|unknown|no such) host|\\bhost ?(name )?(not found|unknown|rejected)"
                    + "|reverse|(?<!not )listed|reputation|unwelcome|abus(e|ive)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern ENHANCED = Pattern.compile("^5\\d\\d[ -](5\\.\\d{1,3}\\.\\d{1,3})\\b");

    private static final int LONGEST_ANSWER = 500;

    private SmtpReply() {}

    /** Interprets a refusal; empty if there was no reply about the mail. */
    static Optional<DeliveryOutcome> read(MessagingException refusal) {
        for (@Nullable Exception next = refusal; next instanceof MessagingException e; next = e.getNextException()) {
            if (e instanceof SMTPAddressFailedException address && isReply(address.getReturnCode())) {
                return Optional.of(ofRecipient(address));
            }
            if (e instanceof SMTPSendFailedException send && isReply(send.getReturnCode())) {
                return Optional.of(ofMail(send.getCommand(), send.getReturnCode(), reply(send)));
            }
        }
        return Optional.empty();
    }

    /**
     * Whether there was no reply at all, so that it is unknown whether the server has accepted the mail. A server that closes the
     * connection sends 421.
     */
    static boolean isSilence(MessagingException failure) {
        for (@Nullable Exception next = failure; next instanceof MessagingException e; next = e.getNextException()) {
            if ((e instanceof SMTPAddressFailedException address && address.getReturnCode() >= 400)
                    || (e instanceof SMTPSendFailedException send && send.getReturnCode() >= 400)) {
                return false;
            }
        }
        return true;
    }

    /** Interprets a reply to RCPT. */
    private static DeliveryOutcome ofRecipient(SMTPAddressFailedException refusal) {
        int code = refusal.getReturnCode();
        String reply = reply(refusal);
        if (code < 500 || code == WHO_ARE_YOU) {
            return new DeliveryOutcome.RefusedForNow(reply);
        }
        @Nullable String enhanced = enhanced(reply);
        boolean nobody = enhanced == null
                ? NO_SUCH_MAILBOX.contains(code) && saysNoSuchMailbox(reply, refusal.getAddress())
                : NO_SUCH_RECIPIENT.contains(enhanced);
        // A policy (5.7), a full mailbox (5.2.2) and the like can be fixed, and the address may be valid.
        return nobody ? new DeliveryOutcome.Bounced(reply) : new DeliveryOutcome.Refused(reply);
    }

    private static boolean saysNoSuchMailbox(String reply, @Nullable InternetAddress recipient) {
        String address = recipient == null ? "" : recipient.getAddress().toLowerCase(Locale.ROOT);
        boolean quoted = !address.isEmpty() && reply.toLowerCase(Locale.ROOT).contains(address);
        // The address may itself contain one of the words.
        String words = quoted ? reply.toLowerCase(Locale.ROOT).replace(address, "") : reply;
        return (quoted || OF_A_MAILBOX.matcher(words).find())
                && OF_NOBODY.matcher(words).find()
                && !OF_SOMETHING_ELSE.matcher(words).find();
    }

    /** Interprets a reply to any other command. */
    private static DeliveryOutcome ofMail(@Nullable String command, int code, String reply) {
        boolean sender = command != null && command.toUpperCase(Locale.ROOT).startsWith("MAIL");
        if (code < 500 || code == WHO_ARE_YOU || sender) {
            // A server that refuses our MAIL FROM accepts none of our mails.
            return new DeliveryOutcome.RefusedForNow(reply);
        }
        @Nullable String enhanced = enhanced(reply);
        // Some servers check the mailbox only after the mail's content; the mail has only one recipient.
        return enhanced != null && NO_SUCH_RECIPIENT.contains(enhanced)
                ? new DeliveryOutcome.Bounced(reply)
                : new DeliveryOutcome.Refused(reply);
    }

    private static @Nullable String enhanced(String reply) {
        Matcher code = ENHANCED.matcher(reply);
        return code.find() ? code.group(1) : null;
    }

    /** Whether there is a reply about the mail; without a reply the code is -1. */
    private static boolean isReply(int code) {
        return code >= 400 && code != CLOSING;
    }

    private static String reply(MessagingException refusal) {
        return oneLine(refusal.getMessage() == null ? "refused" : refusal.getMessage());
    }

    /** Converts a server's reply to the form in which it is stored. */
    static String oneLine(@Nullable String answer) {
        String line = String.valueOf(answer).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= LONGEST_ANSWER ? line : line.substring(0, LONGEST_ANSWER);
    }
}
