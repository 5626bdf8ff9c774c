package org.openingminute.notification.smtp;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.openingminute.notification.composition.ComposedMail;

/** Adds the headers to a composed mail. */
public final class Envelope {

    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private Envelope() {}

    /**
     * Parses an address as it was typed.
     *
     * @throws AddressException if it is not exactly one address
     */
    public static InternetAddress address(String typed) throws AddressException {
        if (typed.chars().anyMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c))) {
            throw new AddressException("white space in an address");
        }
        InternetAddress[] read = InternetAddress.parse(typed, true);
        if (read.length != 1 || read[0].isGroup() || !typed.equals(read[0].getAddress())) {
            throw new AddressException("not exactly one address");
        }
        read[0].validate();
        return read[0];
    }

    /**
     * Builds the message.
     *
     * @param messageId the same for a second copy, so that mail programs recognise it
     * @throws MessagingException if the message cannot be built
     */
    static MimeMessage message(
            Session session, String messageId, String from, InternetAddress to, ComposedMail mail, Instant at)
            throws MessagingException {
        MimeMessage message = new WithMessageId(session, messageId);
        try {
            message.setFrom(new InternetAddress(from, literal(mail.senderName()), UTF_8));
        } catch (UnsupportedEncodingException e) {
            throw new MessagingException("every JDK has UTF-8", e);
        }
        message.setRecipient(Message.RecipientType.TO, to);
        message.setSubject(literal(mail.subject()), UTF_8);
        message.setSentDate(Date.from(at));
        message.setHeader("Auto-Submitted", "auto-generated");
        for (Map.Entry<String, String> header : mail.headers().entrySet()) {
            message.setHeader(header.getKey(), header.getValue());
        }
        MimeMultipart both = new MimeMultipart("alternative");
        MimeBodyPart text = new MimeBodyPart();
        text.setText(mail.text(), UTF_8);
        MimeBodyPart html = new MimeBodyPart();
        html.setText(mail.html(), UTF_8, "html");
        both.addBodyPart(text);
        both.addBodyPart(html);
        message.setContent(both);
        message.saveChanges();
        return message;
    }

    /**
     * Breaks up text that looks like an encoded word (RFC 2047). ASCII is written to a header as it is, so mail programs would decode such
     * text, and it could hide a line break from a check.
     */
    private static String literal(String text) {
        return text.replace("=?", "= ?");
    }

    /** Returns the Message-ID of a mail with that name. */
    static String messageId(UUID name, String host) {
        return "<" + name + "@" + host + ">";
    }

    private static final class WithMessageId extends MimeMessage {

        private final String messageId;

        WithMessageId(Session session, String messageId) {
            super(session);
            this.messageId = messageId;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", messageId);
        }
    }
}
