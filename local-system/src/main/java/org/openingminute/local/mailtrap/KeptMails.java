package org.openingminute.local.mailtrap;

import com.icegreen.greenmail.store.FolderListener;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One file for each mail of a folder: written before the sender hears yes, deleted when the mail is. */
final class KeptMails implements FolderListener {

    private static final Logger LOG = LoggerFactory.getLogger(KeptMails.class);
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

    /** Brings back what was kept, and follows the folder from now on. */
    void keep() throws IOException, MessagingException {
        Files.createDirectories(folder);
        List<Path> kept;
        try (Stream<Path> all = Files.list(folder)) {
            kept = all.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
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
        // The new one is at the end, unless others came or went meanwhile: so whatever has no file yet gets one.
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

    /** A mailbox is emptied one mail at a time; looking once for all of those is enough. */
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
            LOG.warn("a deleted mail will be there again after a restart", e);
        }
    }
}
