package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.local.MailTrap.SlowLine;

class MailTrapIT {

    @TempDir
    private Path folder;

    private final int smtp;
    private final int imap;

    MailTrapIT() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            smtp = one.getLocalPort();
            imap = other.getLocalPort();
        }
    }

    @Test
    void mails_arrive_in_one_mailbox_and_survive_a_restart() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, imap, folder)) {
            send("first", "ada@example.org");
            send("Grüße, zweitens", "grace@example.com");
            assertThat(subjects()).containsExactly("first", "Grüße, zweitens");
        }
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, imap, folder)) {
            send("third", "ada@example.org");
            assertThat(subjects()).containsExactly("first", "Grüße, zweitens", "third");
        }
    }

    @Test
    void mails_deleted_over_imap_stay_deleted() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, imap, folder)) {
            send("kept", "ada@example.org");
            send("deleted", "ada@example.org");
            delete("deleted");
            await().atMost(Duration.ofSeconds(10)).until(() -> files() == 1);
            send("later", "ada@example.org");
        }
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, imap, folder)) {
            assertThat(subjects()).containsExactly("kept", "later");
        }
    }

    @Test
    void a_slow_line_holds_each_up_and_nobody_for_another() throws Exception {
        int mails = 20;
        Duration heldBack = Duration.ofMillis(100);
        int behind;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            behind = free.getLocalPort();
        }
        InetAddress here = InetAddress.getLoopbackAddress();
        try (MailTrap trap = new MailTrap("127.0.0.1", behind, imap, folder);
                SlowLine line = new SlowLine(
                        new InetSocketAddress(here, smtp), new InetSocketAddress(here, behind), heldBack)) {
            Instant began = Instant.now();
            try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < mails; i++) {
                    all.add(senders.submit(() -> {
                        send("slow", "ada@example.org");
                        return null;
                    }));
                }
                for (Future<?> one : all) {
                    one.get();
                }
            }
            // Greeting, EHLO, MAIL, RCPT, DATA and the mail itself are answers.
            assertThat(Duration.between(began, Instant.now()))
                    .isBetween(heldBack.multipliedBy(6), heldBack.multipliedBy(6 * mails / 2));
            assertThat(subjects()).hasSize(mails);
        }
    }

    @Test
    void thousands_of_mails_are_listed_and_deleted() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, imap, folder)) {
            Session session = session();
            try (Transport transport = session.getTransport("smtp")) {
                transport.connect();
                for (int i = 0; i < 3000; i++) {
                    MimeMessage mail = mail(session, "number " + i, "ada@example.org");
                    transport.sendMessage(mail, mail.getAllRecipients());
                }
            }
            assertThat(files()).isEqualTo(3000);
            assertThat(subjects()).hasSize(3000).endsWith("number 2999");
            delete("number");
            await().atMost(Duration.ofSeconds(20)).until(() -> files() == 0);
        }
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private void send(String subject, String to) throws MessagingException {
        Transport.send(mail(session(), subject, to));
    }

    private static MimeMessage mail(Session session, String subject, String to) throws MessagingException {
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(new InternetAddress("registration@localhost"));
        mail.setRecipient(Message.RecipientType.TO, new InternetAddress(to));
        mail.setSubject(subject, "UTF-8");
        mail.setText("text", "UTF-8");
        return mail;
    }

    private List<String> subjects() throws MessagingException {
        List<String> subjects = new ArrayList<>();
        try (Store store = store();
                Folder inbox = store.getFolder("INBOX")) {
            inbox.open(Folder.READ_ONLY);
            for (Message message : envelopes(inbox)) {
                subjects.add(message.getSubject());
            }
        }
        return subjects;
    }

    private void delete(String subject) throws MessagingException {
        try (Store store = store();
                Folder inbox = store.getFolder("INBOX")) {
            inbox.open(Folder.READ_WRITE);
            Message[] found = Arrays.stream(envelopes(inbox))
                    .filter(message -> subject(message).startsWith(subject))
                    .toArray(Message[]::new);
            inbox.setFlags(found, new Flags(Flags.Flag.DELETED), true);
            inbox.expunge();
        }
    }

    /** One command for all of them: the server's work for a command grows with the square of what the folder holds. */
    private static Message[] envelopes(Folder inbox) throws MessagingException {
        Message[] all = inbox.getMessages();
        FetchProfile profile = new FetchProfile();
        profile.add(FetchProfile.Item.ENVELOPE);
        inbox.fetch(all, profile);
        return all;
    }

    private static String subject(Message message) {
        try {
            return message.getSubject();
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    private Store store() throws MessagingException {
        Store store = session().getStore("imap");
        store.connect("127.0.0.1", imap, "mailbox", "mailbox");
        return store;
    }

    private Session session() {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", "127.0.0.1");
        properties.setProperty("mail.smtp.port", Integer.toString(smtp));
        return Session.getInstance(properties);
    }
}
