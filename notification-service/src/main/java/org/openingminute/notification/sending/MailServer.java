package org.openingminute.notification.sending;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
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

    private static final double SECOND = 1e9;
    private static final Duration TURN_AT_MOST = Duration.ofHours(1);
    private static final int LONGEST_ANSWER = 500;

    private static final Pattern POLICY = Pattern.compile("^5\\d\\d[ -]5\\.7\\.\\d");

    private final NotificationSettings.Smtp settings;
    private final String host;
    private final Session session;
    private final CircuitBreaker breaker;
    private final RateLimiter rate;
    private final ConcurrentLinkedDeque<SMTPTransport> idle = new ConcurrentLinkedDeque<>();

    MailServer(NotificationSettings settings, CircuitBreakerRegistry breakers) {
        this.settings = settings.smtp();
        this.host = settings.publicHost();
        this.session = MailSession.to(settings.smtp());
        this.breaker = breakers.circuitBreaker("mail-server");
        this.rate = RateLimiter.of(
                "mails",
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofNanos(
                                Math.round(SECOND / settings.pace().perSecond())))
                        .timeoutDuration(TURN_AT_MOST)
                        .build());
    }

    /** Whether there is a point in trying; where not, the breaker lets a try through by and by. */
    boolean mayAnswer() {
        return breaker.getState() != CircuitBreaker.State.OPEN;
    }

    /**
     * Waits until one more mail may be begun at the rate that is configured.
     *
     * @throws InterruptedException if this thread is to end
     */
    void awaitTurn() throws InterruptedException {
        if (!rate.acquirePermission()) {
            throw new InterruptedException("no turn came");
        }
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
            String why = why(e);
            LOG.warn("No mail was handed over, since {}: {}", why, e.getClass().getSimpleName());
            return new Delivery.Unreachable(why);
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

    private Delivery attempt(MimeMessage message, InternetAddress recipient) throws MessagingException {
        SMTPTransport transport = connection();
        try {
            transport.sendMessage(message, new Address[] {recipient});
            String answer = oneLine(transport.getLastServerResponse());
            idle.push(transport);
            return new Delivery.Accepted(answer);
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
        return oneLine(refusal.getMessage() == null ? "refused" : refusal.getMessage());
    }

    private static String oneLine(@Nullable String answer) {
        String line = String.valueOf(answer).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= LONGEST_ANSWER ? line : line.substring(0, LONGEST_ANSWER);
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

    /** Closes the connections that nobody uses. */
    void hangUp() {
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
            // It is gone either way.
        }
    }

    private static @Nullable String blankToNull(String text) {
        return text.isBlank() ? null : text;
    }
}
