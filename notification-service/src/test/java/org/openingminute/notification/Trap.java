package org.openingminute.notification;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/** A mail trap as a rehearsal has one: whatever the recipient, every mail lands in one mailbox that IMAP opens. */
final class Trap {

    private final ServerSetup smtp;
    private final ServerSetup imap;
    private GreenMail server;

    Trap() {
        smtp = new ServerSetup(freePort(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
        imap = new ServerSetup(freePort(), "127.0.0.1", ServerSetup.PROTOCOL_IMAP);
        server = newServer();
    }

    private GreenMail newServer() {
        GreenMail made = new GreenMail(new ServerSetup[] {smtp, imap});
        GreenMailUser mailbox = made.setUser("mailbox", "mailbox", "mailbox");
        made.getUserManager().setMessageDeliveryHandler((message, recipient) -> mailbox);
        return made;
    }

    Trap start() {
        server.start();
        return this;
    }

    /** Stops it; what it held is gone. */
    void stop() {
        server.stop();
    }

    /** Starts an empty one in the same place. */
    void startAgain() {
        server = newServer();
        server.start();
    }

    /** Takes away what is in it, as another instance may do. */
    void empty() throws FolderException {
        server.purgeEmailFromAllMailboxes();
    }

    /** A header of the newest mail to an address; {@code null} where it has none. */
    @Nullable
    String header(String to, String name) {
        try {
            @Nullable String value = null;
            for (MimeMessage message : server.getReceivedMessages()) {
                if (InternetAddress.toString(message.getAllRecipients()).equalsIgnoreCase(to)) {
                    value = message.getHeader(name, ", ");
                }
            }
            return value == null ? null : MimeUtility.unfold(value);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    int smtpPort() {
        return smtp.getPort();
    }

    int imapPort() {
        return imap.getPort();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no port is free", e);
        }
    }
}
