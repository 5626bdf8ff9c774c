package org.openingminute.mailtrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openingminute.mailtrap.MailStore.Found;

class MailStoreTest {

    private static final int FEW = 100;
    private static final int MANY = 20_000;
    private static final int REPEATED = 50;

    @TempDir
    private Path folder;

    @Test
    void cost_of_a_mail_and_of_a_question_does_not_grow() throws IOException {
        Costs few = costs(filled("few", FEW));
        Costs many = costs(filled("many", MANY));

        assertThat(few.accesses()).isEqualTo(Map.of("jdk.FileWrite", (long) REPEATED, "jdk.FileRead", (long) REPEATED));
        assertThat(many.accesses()).isEqualTo(few.accesses());
        assertThat(many.allocatedBytes()).isLessThan(few.allocatedBytes() * 3 / 2);
    }

    /** The costs of mails that arrive and are then found by their address. */
    private Costs costs(MailStore store) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        mailAndQuestion(store, "warm-up");
        long before;
        long after;
        Path events = folder.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileRead").withoutThreshold().withoutStackTrace();
            recording.enable("jdk.FileWrite").withoutThreshold().withoutStackTrace();
            recording.start();
            before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < REPEATED; i++) {
                mailAndQuestion(store, "new-" + i);
            }
            after = threads.getCurrentThreadAllocatedBytes();
            recording.stop();
            recording.dump(events);
        }
        String mails = folder.toString();
        // Counts files and not calls, because reading the end of a file takes a call of its own.
        Map<String, Long> accesses = RecordingFile.readAllEvents(events).stream()
                .filter(event -> event.hasField("path")
                        && String.valueOf(event.getString("path")).startsWith(mails))
                .collect(Collectors.groupingBy(
                        event -> event.getEventType().getName(),
                        Collectors.mapping(event -> event.getString("path"), Collectors.toSet())))
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> (long) entry.getValue().size()));
        return new Costs(accesses, after - before);
    }

    private static void mailAndQuestion(MailStore store, String name) throws IOException {
        String address = name + "-" + System.nanoTime() + "@example.org";
        store.add(mail(address));
        Found found = store.find(address);
        assertThat(found.count()).isEqualTo(1);
        assertThat(store.findNewest(null, 0, 50).numbers())
                .hasSize(50)
                .startsWith(found.numbers().getFirst());
        assertThat(store.read(found.numbers().getFirst())).isPresent();
    }

    @Test
    void mails_are_found_by_each_of_their_addresses() throws IOException {
        MailStore store = MailStore.open(folder);
        store.add(mail("Ada <Ada@example.org>, grace@example.com"));
        store.add(mail("ada@example.org"));
        store.add("Subject: to nobody\r\n\r\ntext".getBytes(StandardCharsets.UTF_8));
        store.add(mail("no address at all <"));

        List<Long> all = store.find(null).numbers();
        assertThat(all).hasSize(4).isSorted();
        assertThat(store.find(" ADA@example.org ").numbers()).containsExactly(all.get(0), all.get(1));
        assertThat(store.find("grace@example.com").numbers()).containsExactly(all.getFirst());
        assertThat(store.find("ada@example.com")).isEqualTo(new Found(0, List.of()));
        assertThat(store.findNewest(null, 1, 2)).isEqualTo(new Found(4, List.of(all.get(2), all.get(1))));
        assertThat(store.findNewest("ada@example.org", 1, 50)).isEqualTo(new Found(2, List.of(all.getFirst())));
        assertThat(store.findNewest(null, 4, 50)).isEqualTo(new Found(4, List.of()));
        assertThat(store.findNewest(null, Integer.MAX_VALUE, Integer.MAX_VALUE).numbers())
                .isEmpty();
    }

    @Test
    void mails_of_earlier_versions_come_first_and_unfinished_ones_go() throws IOException {
        Files.write(folder.resolve("0000000010.eml"), mail("ada@example.org"));
        Files.write(folder.resolve("0000000009.eml"), mail("ada@example.org"));
        Files.write(folder.resolve("mail123.new"), mail("ada@example.org"));
        MailStore store = MailStore.open(folder);
        store.add(mail("ada@example.org"));

        assertThat(store.find("ada@example.org").numbers()).hasSize(3).startsWith(9L, 10L);
        assertThat(folder.resolve("mail123.new")).doesNotExist();
        assertThat(MailStore.open(folder).find(null)).isEqualTo(store.find(null));
    }

    @Test
    void deleted_mail_stays_deleted_and_its_number_unused() throws IOException {
        MailStore store = MailStore.open(folder);
        store.add(mail("ada@example.org"));
        long deleted = store.find(null).numbers().getFirst();
        store.empty();

        assertThat(store.read(deleted)).isEmpty();
        assertThat(store.find(null).count()).isZero();
        assertThat(store.find("ada@example.org").count()).isZero();
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.notExists(folder.resolve(deleted + ".eml")));
        Files.write(folder.resolve(deleted + ".eml"), mail("ada@example.org"));
        MailStore later = MailStore.open(folder);
        assertThat(later.find(null).count()).isZero();
        later.add(mail("ada@example.org"));
        assertThat(later.find(null).numbers().getFirst()).isGreaterThan(deleted);
    }

    /** A store with mails of several readers, as hard links to one file per reader, because links are created faster than files. */
    private MailStore filled(String name, int count) throws IOException {
        Path mails = Files.createDirectory(folder.resolve(name));
        int readers = Math.min(count, FEW);
        for (int i = 1; i <= count; i++) {
            Path file = mails.resolve("%010d.eml".formatted(i));
            if (i <= readers) {
                Files.write(file, mail("reader-" + i + "@example.org"));
            } else {
                Files.createLink(file, mails.resolve("%010d.eml".formatted(1 + i % readers)));
            }
        }
        return MailStore.open(mails);
    }

    private static byte[] mail(String to) {
        return ("To: " + to + "\r\nSubject: hello\r\n\r\ntext\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private record Costs(Map<String, Long> accesses, long allocatedBytes) {}
}
