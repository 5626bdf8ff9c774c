package org.openingminute.local;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.FolderListener;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every mail over SMTP into the INBOX of the one account {@code mailbox}, password {@code mailbox}, and shows it
 * over IMAP. A mail is answered with 250 once it is in a file, and the files are loaded again after a restart. A mail
 * with two recipients arrives twice, once for each.
 */
public final class MailTrap implements AutoCloseable {

    private static final String ACCOUNT = "mailbox";

    private final GreenMail server;

    /**
     * Starts the servers.
     *
     * @param address on which they listen, such as {@code 127.0.0.1}
     * @param folder where the mails are kept, created if it is missing
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
    @SuppressWarnings("resource") // Stays open as long as the process lives.
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

    /** Keeps a file for each mail of a folder: written before the sender gets its 250, and deleted with the mail. */
    static final class KeptMails implements FolderListener {

        private static final Logger log = LoggerFactory.getLogger(KeptMails.class);
        private static final String SUFFIX = ".eml";

        private final MailFolder inbox;
        private final Path folder;
        private final Semaphore deletions = new Semaphore(0);

        // Guarded by this.
        private final Map<Long, Path> files = new HashMap<>();
        private long lastNumber;

        KeptMails(MailFolder inbox, Path folder) {
            this.inbox = inbox;
            this.folder = folder;
        }

        /** Loads the stored mails, and follows the folder from now on. */
        void keep() throws IOException, MessagingException {
            Files.createDirectories(folder);
            List<Path> kept;
            try (Stream<Path> all = Files.list(folder)) {
                kept = all.filter(file -> file.toString().endsWith(SUFFIX))
                        .sorted()
                        .toList();
            }
            for (Path file : kept) {
                try (InputStream in = Files.newInputStream(file)) {
                    MimeMessage mail = new MimeMessage(Session.getInstance(new Properties()), in);
                    Date received = Date.from(Files.getLastModifiedTime(file).toInstant());
                    remember(inbox.appendMessage(mail, new Flags(), received), file);
                }
            }
            inbox.addListener(this);
            Thread.ofPlatform().daemon().name("deletions").start(this::followDeletions);
        }

        @Override
        public synchronized void added(int ordinal) {
            List<StoredMessage> mails = inbox.getMessages();
            // The new mail is at the end, unless others came or went meanwhile, so every mail without a file gets one.
            for (StoredMessage mail : mails.reversed()) {
                if (files.containsKey(mail.getUid())) {
                    return;
                }
                try {
                    files.put(mail.getUid(), write(mail.getMimeMessage()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (MessagingException e) {
                    throw new IllegalStateException("a mail cannot be written", e);
                }
            }
        }

        @Override
        public void expunged(int ordinal) {
            deletions.release();
        }

        @Override
        public void flagsUpdated(int ordinal, Flags flags, @Nullable Long uid) {}

        @Override
        public void mailboxDeleted() {}

        private synchronized void remember(long uid, Path file) {
            files.put(uid, file);
            lastNumber = Math.max(
                    lastNumber, Long.parseLong(file.getFileName().toString().replace(SUFFIX, "")));
        }

        private Path write(MimeMessage mail) throws IOException, MessagingException {
            Path unfinished = Files.createTempFile(folder, "mail", ".new");
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                mail.writeTo(out);
            }
            lastNumber++;
            Path file = folder.resolve("%010d".formatted(lastNumber) + SUFFIX);
            return Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }

        /** A mailbox is emptied one mail at a time; one check for all of them is enough. */
        private void followDeletions() {
            try {
                while (true) {
                    deletions.acquire();
                    deletions.drainPermits();
                    deleteWhatIsGone();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private synchronized void deleteWhatIsGone() {
            Set<Long> there = LongStream.of(inbox.getMessageUids()).boxed().collect(Collectors.toSet());
            for (Long uid : List.copyOf(files.keySet())) {
                if (!there.contains(uid)) {
                    delete(files.remove(uid));
                }
            }
        }

        private static void delete(@Nullable Path file) {
            try {
                if (file != null) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                log.warn("The file of a deleted mail could not be deleted; the mail will reappear after a restart", e);
            }
        }
    }

    /**
     * Delays a server's answers, on each connection separately, to rehearse with a mail server that is slow for many clients at
     * once. Serves on its own threads until it is closed.
     */
    static final class SlowLine implements AutoCloseable {

        private static final int CHUNK = 8192;

        private final ServerSocket door;
        private final InetSocketAddress server;
        private final Duration heldBack;

        /**
         * @param at where to listen
         * @param server where to forward to
         * @param heldBack the delay before each answer is passed on
         * @throws IOException if it cannot listen there
         */
        SlowLine(InetSocketAddress at, InetSocketAddress server, Duration heldBack) throws IOException {
            this.server = server;
            this.heldBack = heldBack;
            door = new ServerSocket();
            door.bind(at);
            Thread.ofPlatform().name("slow-line").start(this::serve);
        }

        private void serve() {
            while (!door.isClosed()) {
                try {
                    Socket client = door.accept();
                    Thread.ofVirtual().start(() -> connect(client));
                } catch (IOException e) {
                    // The server was closed, a client disconnected at once, or there is no room for another, where a
                    // pause may help.
                    LockSupport.parkNanos(heldBack.toNanos());
                }
            }
        }

        private void connect(Socket client) {
            try (client;
                    Socket upstream = new Socket(server.getAddress(), server.getPort())) {
                Thread.ofVirtual().start(() -> pass(client, upstream, Duration.ZERO));
                pass(upstream, client, heldBack);
            } catch (IOException e) {
                // The server is gone, so the client's connection is closed, too.
            }
        }

        private static void pass(Socket from, Socket to, Duration heldBack) {
            byte[] chunk = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    Thread.sleep(heldBack);
                    out.write(chunk, 0, read);
                    out.flush();
                }
                to.shutdownOutput();
            } catch (IOException e) {
                // One side is gone, so the other one is closed, too.
                close(from);
                close(to);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is gone in any case.
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }
}
