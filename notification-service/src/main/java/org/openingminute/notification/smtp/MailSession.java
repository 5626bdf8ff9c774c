package org.openingminute.notification.smtp;

import jakarta.mail.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.openingminute.notification.NotificationServiceSettings.Security;
import org.openingminute.notification.NotificationServiceSettings.Smtp;

/** Converts the settings to the form that Jakarta Mail needs. */
final class MailSession {

    private MailSession() {}

    /**
     * Creates a session for a mail server.
     *
     * @throws IllegalArgumentException if the configured authorities cannot be read
     */
    static Session to(Smtp smtp) {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.connectiontimeout", millis(smtp.connectWithin()));
        properties.setProperty("mail.smtp.timeout", millis(smtp.answerWithin()));
        properties.setProperty("mail.smtp.writetimeout", millis(smtp.answerWithin()));
        // Sends QUIT without waiting for the reply, which would delay the close.
        properties.setProperty("mail.smtp.quitwait", "false");
        properties.setProperty("mail.smtp.auth", Boolean.toString(!smtp.user().isBlank()));
        Security security = smtp.line();
        properties.setProperty("mail.smtp.ssl.enable", Boolean.toString(security == Security.TLS));
        properties.setProperty(
                "mail.smtp.starttls.enable",
                Boolean.toString(security == Security.STARTTLS || security == Security.STARTTLS_IF_OFFERED));
        properties.setProperty("mail.smtp.starttls.required", Boolean.toString(security == Security.STARTTLS));
        boolean whoever = security == Security.STARTTLS_IF_OFFERED;
        properties.setProperty("mail.smtp.ssl.checkserveridentity", Boolean.toString(!whoever));
        if (whoever) {
            // Without the server's offer the mail would be sent unencrypted, so an attacker need not forge a
            // certificate. Checking it would stop no attacker and only delay mails (RFC 7435 3; servers' own
            // certificates: RFC 3207 4.1).
            properties.setProperty("mail.smtp.ssl.trust", "*");
        } else if (!smtp.authorities().isBlank()) {
            properties.put("mail.smtp.ssl.socketFactory", trusting(Path.of(smtp.authorities())));
        }
        return Session.getInstance(properties);
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    private static SSLSocketFactory trusting(Path authorities) {
        try (InputStream pem = Files.newInputStream(authorities)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("authority-" + number++, one);
            }
            if (number == 0) {
                throw new IllegalArgumentException("SMTP_AUTHORITIES contains no certificate");
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("SMTP_AUTHORITIES cannot be read", e);
        }
    }
}
