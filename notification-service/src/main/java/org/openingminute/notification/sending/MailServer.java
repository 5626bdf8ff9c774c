package org.openingminute.notification.sending;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.NotificationSettings;
import org.openingminute.notification.composing.ComposedMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The mail server, behind a breaker and with a time limit on every step. Connections are kept while there are mails and
 * closed after. Safe for all threads.
 */
@Component
class MailServer {

    private static final Logger LOG = LoggerFactory.getLogger(MailServer.class);

    /** The server's "I am closing this connection": about the server, not about the mail. */
    private static final int CLOSING = 421;

    private static final Pattern POLICY = Pattern.compile("^5\\d\\d[ -]5\\.7\\.\\d");

    private final NotificationSettings.Smtp settings;
    private final String host;
    private final Session session;
    private final CircuitBreaker breaker;
    private final ConcurrentLinkedDeque<Transport> idle = new ConcurrentLinkedDeque<>();

    MailServer(NotificationSettings settings, CircuitBreakerRegistry breakers) {
        this.settings = settings.smtp();
        this.host = settings.publicHost();
        this.session = Session.getInstance(properties(settings.smtp()));
        this.breaker = breakers.circuitBreaker("mail-server");
    }

    private static Properties properties(NotificationSettings.Smtp smtp) {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.connectiontimeout", millis(smtp.connectWithin()));
        properties.setProperty("mail.smtp.timeout", millis(smtp.answerWithin()));
        properties.setProperty("mail.smtp.writetimeout", millis(smtp.answerWithin()));
        // Leaving is polite and needs no answer: one that never came would hold up whoever hangs up.
        properties.setProperty("mail.smtp.quitwait", "false");
        properties.setProperty("mail.smtp.auth", Boolean.toString(!smtp.user().isBlank()));
        properties.setProperty("mail.smtp.starttls.enable", "true");
        // A password goes over no open line.
        properties.setProperty(
                "mail.smtp.starttls.required", Boolean.toString(!smtp.user().isBlank()));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        return properties;
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    /** Whether there is a point in trying; where not, the breaker lets a try through by and by. */
    boolean mayAnswer() {
        return breaker.getState() != CircuitBreaker.State.OPEN;
    }

    /**
     * Hands a mail to the server. What the server says about one mail is an answer; only silence trips the breaker.
     *
     * @param mail its row, from which the Message-ID is derived
     */
    Delivery deliver(UUID mail, InternetAddress recipient, ComposedMail composed, Instant at) {
        MimeMessage message;
        try {
            String messageId = Envelope.messageId(mail, host);
            message = Envelope.message(session, messageId, settings.from(), recipient, composed, at);
        } catch (MessagingException e) {
            return new Delivery.Refused("the mail could not be put together");
        }
        try {
            return breaker.executeCallable(() -> attempt(message, recipient));
        } catch (CallNotPermittedException e) {
            return new Delivery.Unreachable("the mail server did not answer of late");
        } catch (Exception e) {
            LOG.warn("The mail server does not answer: {}", e.getClass().getSimpleName());
            return new Delivery.Unreachable("the mail server does not answer");
        }
    }

    private Delivery attempt(MimeMessage message, InternetAddress recipient) throws MessagingException {
        Transport transport = connection();
        try {
            transport.sendMessage(message, new Address[] {recipient});
            idle.push(transport);
            return new Delivery.Accepted();
        } catch (MessagingException e) {
            // After a refusal the next mail gets a connection of its own.
            close(transport);
            return answer(e);
        }
    }

    /** Reads a refusal; throws it again where it is not about this mail. */
    private static Delivery answer(MessagingException refusal) throws MessagingException {
        for (@Nullable Exception next = refusal; next instanceof MessagingException e; next = e.getNextException()) {
            if (e instanceof SMTPAddressFailedException address && isReply(address.getReturnCode())) {
                return refusedAddress(address.getReturnCode(), reply(address));
            }
            if (e instanceof SMTPSendFailedException send && isReply(send.getReturnCode())) {
                return send.getReturnCode() >= 500
                        ? new Delivery.Refused(reply(send))
                        : new Delivery.RefusedForNow(reply(send));
            }
        }
        throw refusal;
    }

    /** A policy (RFC 3463: 5.7) or a lack of authentication (530) is not about the address, and may be put right. */
    private static Delivery refusedAddress(int code, String reply) {
        if (code < 500) {
            return new Delivery.RefusedForNow(reply);
        }
        return code == 530 || POLICY.matcher(reply).find() ? new Delivery.Refused(reply) : new Delivery.Bounced(reply);
    }

    /** Whether it is an answer about the mail; without one the code is -1. */
    private static boolean isReply(int code) {
        return code >= 400 && code != CLOSING;
    }

    private static String reply(MessagingException refusal) {
        String message = refusal.getMessage() == null ? "refused" : refusal.getMessage();
        return message.strip();
    }

    private Transport connection() throws MessagingException {
        @Nullable Transport kept = idle.poll();
        while (kept != null) {
            if (kept.isConnected()) {
                return kept;
            }
            close(kept);
            kept = idle.poll();
        }
        Transport transport = session.getTransport("smtp");
        try {
            transport.connect(
                    settings.host(), settings.port(), blankToNull(settings.user()), blankToNull(settings.password()));
            return transport;
        } catch (MessagingException e) {
            close(transport);
            throw e;
        }
    }

    /** Closes the connections that nobody uses. */
    void hangUp() {
        @Nullable Transport kept = idle.poll();
        while (kept != null) {
            close(kept);
            kept = idle.poll();
        }
    }

    private static void close(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            // It is gone either way.
        }
    }

    private static @Nullable String blankToNull(String text) {
        return text.isBlank() ? null : text;
    }
}
