package org.openingminute.notification.smtp;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.Serial;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.NotificationServiceSettings;
import org.openingminute.notification.composition.ComposedMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The mail server, behind a circuit breaker and with a time limit on every step. Connections are kept open while there are mails. */
@Component
public class MailServer {

    private static final Logger log = LoggerFactory.getLogger(MailServer.class);

    private final NotificationServiceSettings.Smtp settings;
    private final String host;
    private final Session session;
    private final CircuitBreaker breaker;
    private final SendRate rate;
    private final ConcurrentLinkedDeque<SMTPTransport> idle = new ConcurrentLinkedDeque<>();

    MailServer(NotificationServiceSettings settings, CircuitBreakerRegistry breakers) {
        this.settings = settings.smtp();
        this.host = settings.publicHost();
        this.session = MailSession.to(settings.smtp());
        this.breaker = breakers.circuitBreaker("mail-server");
        this.rate = new SendRate(settings.pace().perSecond());
    }

    /** Whether an attempt makes sense. If not, the breaker permits one after a while. */
    public boolean mayAnswer() {
        return breaker.getState() != CircuitBreaker.State.OPEN;
    }

    /** Returns the rate at which mails may begin. */
    public SendRate rate() {
        return rate;
    }

    /**
     * Hands a mail to the server. Any reply about a mail is a response; only silence trips the breaker.
     *
     * @param name from which its Message-ID is derived
     */
    public DeliveryOutcome deliver(UUID name, InternetAddress recipient, ComposedMail composed, Instant at) {
        MimeMessage message;
        try {
            String messageId = Envelope.messageId(name, host);
            message = Envelope.message(session, messageId, settings.from(), recipient, composed, at);
        } catch (MessagingException e) {
            return new DeliveryOutcome.Refused("the mail could not be put together");
        }
        try {
            return breaker.executeCallable(() -> attempt(message, recipient));
        } catch (CallNotPermittedException e) {
            return new DeliveryOutcome.Unreachable("the mail server did not answer of late");
        } catch (Exception e) {
            String why = why(e);
            log.warn("Handing over a mail failed: {} ({})", why, e.getClass().getSimpleName());
            return e instanceof Silence ? new DeliveryOutcome.BrokenOff(why) : new DeliveryOutcome.Unreachable(why);
        }
    }

    private static String why(Exception e) {
        if (e instanceof AuthenticationFailedException) {
            return "the mail server does not accept our account";
        }
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException
                    || String.valueOf(cause.getMessage()).contains("STARTTLS")) {
                return "there is no safe connection to the mail server";
            }
        }
        return "the mail server does not answer";
    }

    private DeliveryOutcome attempt(MimeMessage message, InternetAddress recipient) throws MessagingException {
        SMTPTransport transport = connection();
        try {
            transport.sendMessage(message, new Address[] {recipient});
            String answer = SmtpReply.oneLine(transport.getLastServerResponse());
            idle.push(transport);
            return new DeliveryOutcome.Accepted(answer);
        } catch (MessagingException e) {
            // After a refusal the next mail uses a new connection.
            close(transport);
            return SmtpReply.read(e).orElseThrow(() -> SmtpReply.isSilence(e) ? new Silence(e) : e);
        }
    }

    /** The server stopped responding during the dialogue. */
    private static final class Silence extends MessagingException {

        @Serial
        private static final long serialVersionUID = 1L;

        Silence(MessagingException cause) {
            super("the server fell silent", cause);
        }
    }

    private SMTPTransport connection() throws MessagingException {
        @Nullable SMTPTransport kept = idle.poll();
        while (kept != null) {
            if (kept.isConnected()) {
                return kept;
            }
            close(kept);
            kept = idle.poll();
        }
        SMTPTransport transport = new SMTPTransport(session, null);
        try {
            transport.connect(
                    settings.host(), settings.port(), blankToNull(settings.user()), blankToNull(settings.password()));
            return transport;
        } catch (MessagingException e) {
            close(transport);
            throw e;
        }
    }

    /** Closes unused connections. */
    public void hangUp() {
        @Nullable SMTPTransport kept = idle.poll();
        while (kept != null) {
            close(kept);
            kept = idle.poll();
        }
    }

    private static void close(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            // The connection is closed either way.
        }
    }

    private static @Nullable String blankToNull(String text) {
        return text.isBlank() ? null : text;
    }
}
