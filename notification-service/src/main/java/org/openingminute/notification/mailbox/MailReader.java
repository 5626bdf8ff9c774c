package org.openingminute.notification.mailbox;

import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one mail: the first plain text and the first HTML in it, and the names of what is attached. */
final class MailReader {

    private final List<String> attachments = new ArrayList<>();
    private @Nullable String text;
    private @Nullable String html;

    private MailReader() {}

    static TrappedMail read(String id, MimeMessage message) throws MessagingException, IOException {
        MailReader reader = new MailReader();
        reader.visit(message);
        @Nullable Date received = message.getReceivedDate();
        @Nullable Date sent = message.getSentDate();
        Instant at = received != null ? received.toInstant() : sent != null ? sent.toInstant() : Instant.EPOCH;
        return new TrappedMail(
                id,
                message.getMessageID(),
                addresses(message.getFrom()),
                addresses(message.getRecipients(Message.RecipientType.TO)),
                message.getSubject(),
                at,
                reader.text,
                reader.html,
                List.copyOf(reader.attachments));
    }

    private void visit(Part part) throws MessagingException, IOException {
        @Nullable String name = part.getFileName();
        if (name != null || Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition())) {
            attachments.add(name == null ? "attachment" : decoded(name));
        } else if (part.isMimeType("multipart/*") && part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                visit(parts.getBodyPart(i));
            }
        } else if (part.isMimeType("text/plain") && text == null) {
            text = part.getContent().toString();
        } else if (part.isMimeType("text/html") && html == null) {
            html = part.getContent().toString();
        }
    }

    private static String decoded(String name) {
        try {
            return MimeUtility.decodeText(name);
        } catch (UnsupportedEncodingException e) {
            return name;
        }
    }

    private static @Nullable String addresses(Address @Nullable [] addresses) {
        return addresses == null
                ? null
                : Arrays.stream(addresses)
                        .map(address -> address instanceof InternetAddress internet
                                ? internet.getAddress()
                                : address.toString())
                        .collect(Collectors.joining(", "));
    }
}
