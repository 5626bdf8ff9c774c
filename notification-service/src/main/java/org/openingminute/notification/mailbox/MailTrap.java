package org.openingminute.notification.mailbox;

import jakarta.mail.Address;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.CommonProblem;
import org.openingminute.kit.problem.Problem;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.mailbox.MailTrap.TrappedMail;
import org.springframework.scheduling.annotation.Scheduled;
import tools.jackson.databind.json.JsonMapper;

/**
 * The mail trap, read over IMAP. Each mail is fetched and parsed once and cached packed, so that listing thousands only
 * asks the trap for their number.
 */
class MailTrap {

    private static final String ACCOUNT = "mailbox";
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(2);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(8);
    private static final Duration READ_AT_MOST = Duration.ofSeconds(3);
    private static final int FETCH_AT_ONCE = 200;

    private final NotificationServiceSettings.Trap settings;
    private final JsonMapper json;
    private final Session session;
    /** Fair, because the thread that reads ahead would otherwise take the lock again and again. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final TreeMap<Long, PackedMail> known = new TreeMap<>();

    private @Nullable Store store;
    private long uidValidity;
    /** All mails below this number are read; 0 if that is not known. */
    private long uidNext;

    MailTrap(NotificationServiceSettings.Trap settings, JsonMapper json) {
        this.settings = settings;
        this.json = json;
        Properties properties = new Properties();
        properties.setProperty("mail.imap.connectiontimeout", Long.toString(CONNECT_WITHIN.toMillis()));
        properties.setProperty("mail.imap.timeout", Long.toString(ANSWER_WITHIN.toMillis()));
        properties.setProperty("mail.imap.writetimeout", Long.toString(ANSWER_WITHIN.toMillis()));
        this.session = Session.getInstance(properties);
    }

    /**
     * All mails in the trap now, oldest first.
     *
     * @throws Problem {@code unavailable} if the trap does not answer, or has more new mails than can be read in a moment
     */
    List<PackedMail> mails() {
        return locked(() -> {
            if (!isAllRead()) {
                throw away();
            }
            return List.copyOf(known.values());
        });
    }

    /** Reads ahead of requests, because ten thousand mails take more than a minute, longer than a request may wait. */
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    void readAhead() {
        try {
            boolean all = false;
            while (!all) {
                all = locked(this::isAllRead);
            }
        } catch (Problem e) {
            // The trap does not answer; a request for its mails reports that.
        }
    }

    /** Reads new mails for a limited time. */
    private boolean isAllRead() throws MessagingException, IOException {
        try (Folder folder = inbox(Folder.READ_ONLY)) {
            return readNew((IMAPFolder) folder, System.nanoTime() + READ_AT_MOST.toNanos());
        }
    }

    /**
     * Deletes the mails that are in the trap now.
     *
     * @throws Problem {@code unavailable} if the trap does not answer
     */
    void empty() {
        locked(() -> {
            try (Folder folder = inbox(Folder.READ_WRITE)) {
                if (folder.getMessageCount() > 0) {
                    folder.setFlags(1, folder.getMessageCount(), new Flags(Flags.Flag.DELETED), true);
                    folder.expunge();
                }
            }
            known.clear();
            uidNext = 0;
            return known;
        });
    }

    private boolean readNew(IMAPFolder folder, long end) throws MessagingException, IOException {
        if (folder.getUIDValidity() != uidValidity) {
            known.clear();
            uidValidity = folder.getUIDValidity();
            uidNext = 0;
        }
        long next = folder.getUIDNext();
        if (next > 0 && next == uidNext && folder.getMessageCount() == known.size()) {
            return true;
        }
        // A new mail has the highest number, so all are read again only if some are gone.
        boolean everything = uidNext == 0;
        Message[] present = everything ? folder.getMessages() : folder.getMessagesByUID(uidNext, UIDFolder.LASTUID);
        FetchProfile uids = new FetchProfile();
        uids.add(UIDFolder.FetchProfileItem.UID);
        folder.fetch(present, uids);
        Set<Long> presentUids = new HashSet<>();
        List<Message> unread = new ArrayList<>();
        for (Message message : present) {
            long uid = folder.getUID(message);
            presentUids.add(uid);
            if (!known.containsKey(uid)) {
                unread.add(message);
            }
        }
        if (everything) {
            known.keySet().retainAll(presentUids);
        }
        for (int from = 0; from < unread.size(); from += FETCH_AT_ONCE) {
            if (System.nanoTime() > end) {
                return false;
            }
            read(folder, unread.subList(from, Math.min(unread.size(), from + FETCH_AT_ONCE)));
        }
        uidNext = Math.max(0, next);
        if (!everything && known.size() != folder.getMessageCount()) {
            uidNext = 0;
            return readNew(folder, end);
        }
        return true;
    }

    private void read(IMAPFolder folder, List<Message> unread) throws MessagingException, IOException {
        FetchProfile whole = new FetchProfile();
        whole.add(IMAPFolder.FetchProfileItem.MESSAGE);
        whole.add(IMAPFolder.FetchProfileItem.INTERNALDATE);
        folder.fetch(unread.toArray(Message[]::new), whole);
        for (Message message : unread) {
            long uid = folder.getUID(message);
            TrappedMail mail = MailReader.read(uidValidity + "-" + uid, (MimeMessage) message);
            known.put(uid, PackedMail.of(mail, json));
        }
    }

    private Folder inbox(int mode) throws MessagingException {
        if (store == null || !store.isConnected()) {
            close();
            Store opened = session.getStore("imap");
            store = opened;
            opened.connect(settings.host(), settings.port(), ACCOUNT, ACCOUNT);
        }
        Folder folder = store.getFolder("INBOX");
        folder.open(mode);
        return folder;
    }

    private <T> T locked(TrapWork<T> work) {
        try {
            if (!lock.tryLock(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw away();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away();
        }
        try {
            return work.run();
        } catch (MessagingException | IOException e) {
            close();
            throw away();
        } finally {
            lock.unlock();
        }
    }

    private static Problem away() {
        return new Problem(CommonProblem.UNAVAILABLE, "The mail trap does not answer right now.")
                .retryAfter(Duration.ofSeconds(2));
    }

    private void close() {
        if (store != null) {
            try {
                store.close();
            } catch (MessagingException e) {
                // The connection is gone either way.
            }
            store = null;
        }
    }

    /** Ends the connection when the service stops. */
    void hangUp() {
        locked(() -> {
            close();
            return known;
        });
    }

    @FunctionalInterface
    private interface TrapWork<T> {
        T run() throws MessagingException, IOException;
    }

    /**
     * A mail as it arrived.
     *
     * @param id valid as long as the mail is in the trap
     * @param to the bare addresses, comma separated
     * @param at when it arrived
     * @param attachments the names of the attached files
     */
    record TrappedMail(
            String id,
            @Nullable String messageId,
            @Nullable String from,
            @Nullable String to,
            @Nullable String subject,
            Instant at,
            @Nullable String text,
            @Nullable String html,
            List<String> attachments) {}

    /** Reads one mail: its first plain text and first HTML, and the names of its attachments. */
    static final class MailReader {

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
}
