package org.openingminute.mailtrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.kit.testing.FreePort;

/**
 * Proves, over real SMTP and HTTP connections, that the trap accepts, stores, lists and deletes mails. Some tests run it in a process of
 * its own.
 */
class MailTrapIT {

    @TempDir
    private Path folder;

    private final int smtp = FreePort.draw();
    private final int http = FreePort.draw();

    @Test
    void mails_arrive_in_one_mailbox_and_survive_a_restart() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            send("first", "ada@example.org");
            send("Grüße, zweitens", "grace@example.com");
            assertThat(subjects("/mails")).containsExactly("first", "Grüße, zweitens");
        }
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            send("third", "ada@example.org");
            assertThat(subjects("/mails")).containsExactly("first", "Grüße, zweitens", "third");
            assertThat(subjects("/mails?to=ada%40example.org")).containsExactly("first", "third");
            assertThat(subjects("/mails?skip=1&limit=1")).containsExactly("Grüße, zweitens");
            assertThat(answer("GET", "/mails?skip=3&limit=5").headers().firstValue("Mail-Count"))
                    .contains("3");
        }
    }

    @Test
    void deleted_mails_stay_deleted() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            send("deleted", "ada@example.org");
            long number = mails("/mails").getFirst().number();
            assertThat(subjects("/mails/" + number)).containsExactly("deleted");
            assertThat(answer("DELETE", "/mails").statusCode()).isEqualTo(204);
            assertThat(answer("GET", "/mails/" + number).statusCode()).isEqualTo(404);
            send("later", "ada@example.org");
        }
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            assertThat(subjects("/mails")).containsExactly("later");
        }
    }

    @Test
    void mail_arrives_as_it_was_sent() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            MimeMessage mail = mail(session(), "dots", "ada@example.org");
            mail.setText(".\r\n..two\r\nGrüße\r\n" + "long ".repeat(1000) + "\r\n.", "UTF-8");
            mail.saveChanges();
            Transport.send(mail);
            MimeMessage arrived = mails("/mails").getFirst().message();
            assertThat(arrived.getContent()).isEqualTo(mail.getContent() + "\r\n");
            assertThat(arrived.getAllHeaderLines().nextElement()).startsWith("Date:");
        }
    }

    @Test
    void mail_that_cannot_be_kept_is_refused_for_now() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            Files.delete(folder);
            assertThatThrownBy(() -> send("lost", "ada@example.org")).hasStackTraceContaining("452");
            Files.createDirectories(folder);
            send("kept", "ada@example.org");
            assertThat(subjects("/mails")).containsExactly("kept");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET,/mails?limit=many,400", "GET,/mails?limit=-1,400", "GET,/mails/1-2,404", "POST,/mails,405"})
    void wrong_question_is_refused(String method, String path, int status) throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            assertThat(answer(method, path).statusCode()).isEqualTo(status);
        }
    }

    /** {@code ./test full} stores a hundred thousand mails. */
    @Test
    void memory_stays_small_with_many_mails() throws Exception {
        int count = "full".equals(System.getProperty("proofs")) ? 100_000 : 500;
        for (int i = 1; i <= count; i++) {
            String mail = "To: reader-%d@example.org\r\nSubject: number %d\r\n\r\n%s\r\n"
                    .formatted(i, i, "text ".repeat(200));
            Files.writeString(folder.resolve("%010d.eml".formatted(i)), mail);
        }
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                MailTrap.class.getName());
        command.environment()
                .putAll(Map.of("SMTP_PORT", "" + smtp, "HTTP_PORT", "" + http, "MAIL_DIR", folder.toString()));
        Process trap = command.inheritIO().start();
        try {
            await().atMost(Duration.ofMinutes(3))
                    .ignoreExceptions()
                    .until(() -> mails("/mails?limit=1").size(), size -> size == 1);
            send("new", "reader-7@example.org");
            assertThat(subjects("/mails?to=reader-7%40example.org")).containsExactly("number 7", "new");
            assertThat(subjects("/mails?limit=2")).containsExactly("new", "number " + count);
            assertThat(mails("/mails")).hasSize(count + 1);
            Path status = Path.of("/proc/" + trap.pid() + "/status");
            if (Files.exists(status)) {
                String peak = Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .findFirst()
                        .orElseThrow();
                assertThat(Integer.parseInt(peak.replaceAll("[^0-9]", ""))).isLessThan(300 * 1024);
            }
            assertThat(answer("DELETE", "/mails").statusCode()).isEqualTo(204);
            await().atMost(Duration.ofMinutes(2)).until(() -> files() == 0);
        } finally {
            trap.destroy();
            trap.waitFor();
        }
    }

    @Test
    void a_slow_line_holds_each_up_and_nobody_for_another() throws Exception {
        int mails = 20;
        Duration heldBack = Duration.ofMillis(100);
        int behind = FreePort.draw();
        InetAddress here = InetAddress.getLoopbackAddress();
        // Counts pauses of the same length beside: while the machine stands still, it counts one, however long that
        // takes.
        AtomicInteger pauses = new AtomicInteger();
        try (MailTrap trap = new MailTrap("127.0.0.1", behind, http, folder);
                SlowLine line =
                        new SlowLine(new InetSocketAddress(here, smtp), new InetSocketAddress(here, behind), heldBack);
                ScheduledExecutorService beside = Executors.newSingleThreadScheduledExecutor()) {
            var _ = beside.scheduleWithFixedDelay(
                    pauses::incrementAndGet, heldBack.toMillis(), heldBack.toMillis(), TimeUnit.MILLISECONDS);
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
            // A mail gets six replies: to the connection, EHLO, MAIL, RCPT, DATA, and the mail itself.
            assertThat(Duration.between(began, Instant.now())).isGreaterThanOrEqualTo(heldBack.multipliedBy(6));
            assertThat(pauses).hasValueLessThanOrEqualTo(6 * mails / 2);
            assertThat(subjects("/mails")).hasSize(mails);
        }
    }

    @Test
    void thousands_of_mails_are_listed_and_deleted() throws Exception {
        try (MailTrap trap = new MailTrap("127.0.0.1", smtp, http, folder)) {
            Session session = session();
            try (Transport transport = session.getTransport("smtp")) {
                transport.connect();
                for (int i = 0; i < 3000; i++) {
                    MimeMessage mail = mail(session, "number " + i, "ada@example.org");
                    transport.sendMessage(mail, mail.getAllRecipients());
                }
            }
            assertThat(files()).isEqualTo(3000);
            assertThat(subjects("/mails")).hasSize(3000).endsWith("number 2999");
            trap.empty();
            await().atMost(Duration.ofMinutes(2)).until(() -> files() == 0);
        }
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".eml")).count();
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

    private List<String> subjects(String path) throws Exception {
        List<String> subjects = new ArrayList<>();
        for (ListedMail mail : mails(path)) {
            subjects.add(mail.message().getSubject());
        }
        return subjects;
    }

    private List<ListedMail> mails(String path) throws Exception {
        List<ListedMail> mails = new ArrayList<>();
        HttpResponse<byte[]> answer = answer("GET", path);
        assertThat(answer.statusCode()).isEqualTo(200);
        DataInputStream body = new DataInputStream(new ByteArrayInputStream(answer.body()));
        while (body.available() > 0) {
            long number = body.readLong();
            assertThat(body.readLong()).isPositive();
            InputStream content = new ByteArrayInputStream(body.readNBytes(body.readInt()));
            mails.add(new ListedMail(number, new MimeMessage(session(), content)));
        }
        return mails;
    }

    private HttpResponse<byte[]> answer(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private Session session() {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", "127.0.0.1");
        properties.setProperty("mail.smtp.port", Integer.toString(smtp));
        return Session.getInstance(properties);
    }

    private record ListedMail(long number, MimeMessage message) {}
}
