package org.openingminute.mailtrap;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.InternetHeaders;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file for each mail, and in memory no more than the mails' numbers: all of them, and those of each address. So to keep a mail
 * is to write one file, and a question by address reads its mails alone, however many others there are. Thread-safe.
 */
final class MailStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MailStore.class);

    private static final String SUFFIX = ".eml";
    private static final String UNFINISHED = ".new";
    /** Holds the highest number of a deleted mail. */
    private static final String DELETED = "deleted";

    private final Path folder;
    private final AtomicLong started = new AtomicLong();
    private final ExecutorService deletions =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

    // Guarded by this; in the order of arrival.
    private List<Long> all = new ArrayList<>();
    private Map<String, List<Long>> byAddress = new HashMap<>();
    private long last;
    private long deletedUpTo;

    private MailStore(Path folder) {
        this.folder = folder;
    }

    /** Finds the mails of earlier processes, of which it reads the headers. */
    static MailStore open(Path folder) throws IOException {
        Files.createDirectories(folder);
        MailStore store = new MailStore(folder);
        List<Long> kept = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.matches("[0-9]{1,18}\\" + SUFFIX)) {
                    kept.add(Long.parseLong(name.substring(0, name.length() - SUFFIX.length())));
                } else if (name.endsWith(UNFINISHED)) {
                    Files.delete(file);
                }
            }
        }
        store.deletedUpTo = store.deletedBefore();
        store.last = store.deletedUpTo;
        store.deleteFiles(
                kept.stream().filter(number -> number <= store.deletedUpTo).toList());
        kept.removeIf(number -> number <= store.deletedUpTo);
        kept.sort(null);
        for (Long number : kept) {
            try (InputStream mail = new BufferedInputStream(Files.newInputStream(store.file(number)))) {
                store.remember(number, addresses(mail));
            }
        }
        return store;
    }

    /** Returns once the mail is in its file. */
    void add(byte[] mail) throws IOException {
        Set<String> addresses = addresses(new ByteArrayInputStream(mail));
        Path unfinished = folder.resolve(started.incrementAndGet() + UNFINISHED);
        Files.write(unfinished, mail);
        synchronized (this) {
            // Grows from the time, so that a number stays the mail's own after others were deleted and the trap started
            // again.
            long number = Math.max(last + 1, System.currentTimeMillis());
            Files.move(unfinished, file(number), StandardCopyOption.ATOMIC_MOVE);
            remember(number, addresses);
        }
    }

    private synchronized void remember(Long number, Set<String> addresses) {
        last = number;
        all.add(number);
        for (String address : addresses) {
            byAddress.computeIfAbsent(address, _ -> new ArrayList<>(1)).add(number);
        }
    }

    /**
     * All mails, oldest first.
     *
     * @param to only those to this address; {@code null} for everybody's
     */
    synchronized Found find(@Nullable String to) {
        List<Long> matching = matching(to);
        return new Found(matching.size(), List.copyOf(matching));
    }

    /**
     * Some mails, newest first.
     *
     * @param to only those to this address; {@code null} for everybody's
     * @param skip how many newer ones to leave out
     */
    synchronized Found findNewest(@Nullable String to, int skip, int limit) {
        List<Long> matching = matching(to);
        int end = Math.max(0, matching.size() - skip);
        int start = Math.max(0, end - limit);
        return new Found(
                matching.size(), List.copyOf(matching.subList(start, end)).reversed());
    }

    private List<Long> matching(@Nullable String to) {
        return to == null ? all : byAddress.getOrDefault(to.strip().toLowerCase(Locale.ROOT), List.of());
    }

    /** A mail; empty if it was deleted. */
    Optional<StoredMail> read(long number) throws IOException {
        Path file = file(number);
        synchronized (this) {
            if (number <= deletedUpTo) {
                return Optional.empty();
            }
        }
        try {
            Instant received = Files.getLastModifiedTime(file).toInstant();
            return Optional.of(new StoredMail(number, received, Files.readAllBytes(file)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /**
     * Deletes the mails that are there now. They are gone at once, for a later process, too; their files go one by one
     * afterwards, as a hundred thousand take longer than a caller waits.
     */
    synchronized void empty() throws IOException {
        writeWhole(folder.resolve(DELETED), Long.toString(last).getBytes(StandardCharsets.US_ASCII));
        deletedUpTo = last;
        deleteFiles(all);
        all = new ArrayList<>();
        byAddress = new HashMap<>();
    }

    private void deleteFiles(List<Long> numbers) {
        deletions.execute(() -> {
            try {
                for (Long number : numbers) {
                    if (Thread.currentThread().isInterrupted()) {
                        return;
                    }
                    Files.deleteIfExists(file(number));
                }
            } catch (IOException e) {
                log.warn("The files of deleted mails are left until the next start", e);
            }
        });
    }

    private long deletedBefore() throws IOException {
        Path deleted = folder.resolve(DELETED);
        return Files.exists(deleted) ? Long.parseLong(Files.readString(deleted)) : 0;
    }

    private void writeWhole(Path file, byte[] content) throws IOException {
        Path unfinished = folder.resolve(started.incrementAndGet() + UNFINISHED);
        Files.write(unfinished, content);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Files that are not deleted by then are at the next start. */
    @Override
    public void close() {
        deletions.shutdownNow();
        deletions.close();
    }

    private Path file(long number) {
        return folder.resolve("%010d".formatted(number) + SUFFIX);
    }

    /** The bare addresses of the header {@code To}, in lower case. */
    private static Set<String> addresses(InputStream mail) throws IOException {
        Set<String> addresses = new HashSet<>();
        try {
            String to = new InternetHeaders(mail, true).getHeader("To", ",");
            if (to != null) {
                for (InternetAddress address : InternetAddress.parseHeader(to, false)) {
                    addresses.add(address.getAddress().toLowerCase(Locale.ROOT));
                }
            }
        } catch (AddressException _) {
            // It is nobody's, and listed with all.
        } catch (MessagingException e) {
            throw new IOException("the headers of a mail cannot be read", e);
        }
        return addresses;
    }

    /**
     * The answer to a question.
     *
     * @param count how many mails match
     * @param numbers of those that were asked for
     */
    record Found(int count, List<Long> numbers) {}

    /** A mail as it arrived. */
    static final class StoredMail {

        private final long number;
        private final Instant received;
        private final byte[] content;

        private StoredMail(long number, Instant received, byte[] content) {
            this.number = number;
            this.received = received;
            this.content = content;
        }

        /** Number, milliseconds of the arrival, length, and the mail itself. */
        void writeTo(DataOutputStream out) throws IOException {
            out.writeLong(number);
            out.writeLong(received.toEpochMilli());
            out.writeInt(content.length);
            out.write(content);
        }
    }
}
