package org.openingminute.mailtrap;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;

/**
 * Takes every mail over SMTP, whatever its recipients, and hands out all of them over HTTP, as {@link MailHandler} says. A mail
 * is answered with 250 once it is in a file, and the files are found again after a restart.
 */
public final class MailTrap implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MailTrap.class);
    private static final int INSUFFICIENT_STORAGE = 452;
    /** RFC 5321 wants a server to wait this long for its client's next command. */
    private static final int IDLE_MINUTES = 5;

    private final MailStore store;
    private final SMTPServer smtp;
    private final HttpServer http;
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Starts the servers.
     *
     * @param address on which they listen, such as {@code 127.0.0.1}
     * @param folder where the mails are kept, created if it is missing
     * @throws IOException if the folder cannot be read or written, or a port is taken
     */
    public MailTrap(String address, int smtpPort, int httpPort, Path folder) throws IOException {
        InetAddress here = InetAddress.ofLiteral(address);
        store = MailStore.open(folder);
        // Without it an answer of two packets waits 40 ms for the client's acknowledgement of the first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        http = HttpServer.create(new InetSocketAddress(here, httpPort), 0);
        http.setExecutor(readers);
        http.createContext(MailHandler.PATH, new MailHandler(store));
        smtp = SMTPServer.port(smtpPort)
                .bindAddress(here)
                .hostName("mail-trap")
                .connectionTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .insertReceivedHeaders(false)
                .messageHandler((context, from, to, mail) -> keep(mail))
                .build();
        smtp.start();
        http.start();
    }

    /**
     * Reads {@code SERVER_ADDRESS} (loopback by default), {@code SMTP_PORT}, {@code HTTP_PORT}, {@code MAIL_DIR} and {@code
     * ANSWERS_AFTER} (as {@code PT0.5S}, before each answer over SMTP), and serves until it is killed.
     */
    @SuppressWarnings("resource") // Stays open as long as the process lives.
    public static void main(String[] arguments) throws IOException {
        Map<String, String> environment = System.getenv();
        String address = environment.getOrDefault("SERVER_ADDRESS", "127.0.0.1");
        int smtpPort = Integer.parseInt(environment.getOrDefault("SMTP_PORT", "2525"));
        int httpPort = Integer.parseInt(environment.getOrDefault("HTTP_PORT", "2580"));
        Path folder = Path.of(environment.getOrDefault("MAIL_DIR", "mail"));
        Duration answersAfter = Duration.parse(environment.getOrDefault("ANSWERS_AFTER", "PT0S"));
        MailTrap trap;
        if (answersAfter.isPositive()) {
            InetSocketAddress behind = new InetSocketAddress(InetAddress.getLoopbackAddress(), smtpPort + 1);
            trap = new MailTrap(address, behind.getPort(), httpPort, folder);
            new SlowLine(new InetSocketAddress(InetAddress.ofLiteral(address), smtpPort), behind, answersAfter);
        } else {
            trap = new MailTrap(address, smtpPort, httpPort, folder);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(trap::close));
    }

    private void keep(byte[] mail) throws RejectException {
        try {
            store.add(mail);
        } catch (IOException e) {
            log.warn("A mail could not be stored; its sender is asked to try again", e);
            throw new RejectException(INSUFFICIENT_STORAGE, "The mail cannot be stored right now");
        }
    }

    /**
     * Deletes the mails that are in the trap now.
     *
     * @throws IOException if that cannot be noted; then none is deleted
     */
    public void empty() throws IOException {
        store.empty();
    }

    @Override
    public void close() {
        smtp.stop();
        http.stop(0);
        readers.shutdownNow();
        store.close();
    }
}
