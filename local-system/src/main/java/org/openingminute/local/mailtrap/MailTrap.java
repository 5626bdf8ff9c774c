package org.openingminute.local.mailtrap;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Takes every mail over SMTP into the INBOX of the one account {@code mailbox}, password {@code mailbox}, and shows it
 * over IMAP. A mail is answered with 250 once it is in a file; files are there again after a restart. A mail with two
 * recipients arrives twice, once for each.
 */
public final class MailTrap implements AutoCloseable {

    private static final String ACCOUNT = "mailbox";

    private final GreenMail server;

    /**
     * Starts the servers.
     *
     * @param address on which they listen, such as {@code 127.0.0.1}
     * @param folder where the mails are kept, made if it is missing
     * @throws IOException if the folder cannot be read or written
     */
    public MailTrap(String address, int smtpPort, int imapPort, Path folder) throws IOException {
        this.server = new GreenMail(new ServerSetup[] {
            new ServerSetup(smtpPort, address, ServerSetup.PROTOCOL_SMTP),
            new ServerSetup(imapPort, address, ServerSetup.PROTOCOL_IMAP)
        });
        try {
            GreenMailUser everyone = server.getUserManager().createUser(ACCOUNT + "@localhost", ACCOUNT, ACCOUNT);
            MailFolder inbox = server.getUserManager().getImapHostManager().getInbox(everyone);
            server.getUserManager().setMessageDeliveryHandler((mail, recipient) -> everyone);
            new KeptMails(inbox, folder).keep();
        } catch (UserException | FolderException | MessagingException e) {
            throw new IOException("the mails in " + folder + " cannot be read", e);
        }
        server.start();
    }

    /**
     * Reads {@code SERVER_ADDRESS} (loopback by default), {@code SMTP_PORT}, {@code IMAP_PORT}, {@code MAIL_DIR} and {@code
     * ANSWERS_AFTER} (as {@code PT0.5S}, before each answer over SMTP), and serves until it is killed.
     */
    @SuppressWarnings("resource") // Open as long as the process lives.
    public static void main(String[] arguments) throws IOException {
        Map<String, String> environment = System.getenv();
        String address = environment.getOrDefault("SERVER_ADDRESS", "127.0.0.1");
        int smtpPort = Integer.parseInt(environment.getOrDefault("SMTP_PORT", "2525"));
        int imapPort = Integer.parseInt(environment.getOrDefault("IMAP_PORT", "2143"));
        Path folder = Path.of(environment.getOrDefault("MAIL_DIR", "mail"));
        Duration answersAfter = Duration.parse(environment.getOrDefault("ANSWERS_AFTER", "PT0S"));
        MailTrap trap;
        if (answersAfter.isPositive()) {
            InetSocketAddress behind = new InetSocketAddress(InetAddress.getLoopbackAddress(), smtpPort + 1);
            trap = new MailTrap(address, behind.getPort(), imapPort, folder);
            new SlowLine(new InetSocketAddress(InetAddress.ofLiteral(address), smtpPort), behind, answersAfter);
        } else {
            trap = new MailTrap(address, smtpPort, imapPort, folder);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(trap::close));
    }

    @Override
    public void close() {
        server.stop();
    }
}
