package org.openingminute.notification;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.testing.FreePort;
import org.openingminute.mailtrap.MailTrap;
import org.springframework.util.FileSystemUtils;

/** The mail trap of a rehearsal, on ports that stay the same after a restart. */
final class Trap {

    /** Bytes before each mail: number, time of arrival and length. */
    private static final int HEAD = 20;

    private final int smtpPort = FreePort.draw();
    private final int httpPort = FreePort.draw();
    private final Path folder;
    private @Nullable MailTrap server;

    Trap() {
        try {
            folder = Files.createTempDirectory("mail-trap");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    Trap start() {
        try {
            server = new MailTrap("127.0.0.1", smtpPort, httpPort, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Stops the trap; its mails are lost. */
    void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts an empty trap on the same ports. */
    void startAgain() {
        start();
    }

    /** Empties the trap, as another instance may do. */
    void empty() throws IOException {
        if (server != null) {
            server.empty();
        }
    }

    /** Returns a header of the newest mail to an address; {@code null} if the mail has no such header. */
    @Nullable
    String header(String to, String name) {
        URI newest = URI.create(
                "http://127.0.0.1:" + httpPort + "/mails?limit=1&to=" + URLEncoder.encode(to, StandardCharsets.UTF_8));
        try (InputStream answer = newest.toURL().openStream()) {
            answer.skipNBytes(HEAD);
            InputStream mail = new ByteArrayInputStream(answer.readAllBytes());
            @Nullable String value = new MimeMessage(Session.getInstance(new Properties()), mail).getHeader(name, ", ");
            return value == null ? null : MimeUtility.unfold(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    int smtpPort() {
        return smtpPort;
    }

    int httpPort() {
        return httpPort;
    }
}
