package org.openingminute.notification;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.StaffTrust;
import org.openingminute.kit.startup.Limits;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of this service. A deployment with a missing setting does not start; a rehearsal has defaults for settings that
 * may be the same in all rehearsals. Immutable.
 *
 * @param mode {@code rehearsal} (with the mailbox) or {@code deployed}
 * @param publicUrl the public URL of the gateway, without a trailing slash; every absolute link begins with it. {@code
 *     http://localhost:8080} in a rehearsal if empty
 * @param accessTokenKeys keys of registrants' links, {@code id:base64url-secret}, comma separated, 32 bytes at least; the first
 *     signs, all verify; the same in registration-, payment- and notification-service
 * @param limits whether mails about unpaid registrations are throttled by mailbox, {@code on} or {@code off}; if empty
 *     {@code off} in a rehearsal, else {@code on}
 */
@ConfigurationProperties(prefix = "notification", ignoreUnknownFields = false)
public record NotificationServiceSettings(
        @DefaultValue("deployed") Mode mode,
        @DefaultValue("") String publicUrl,
        @DefaultValue("") String accessTokenKeys,
        @DefaultValue("") String limits,
        @DefaultValue Staff staff,
        @DefaultValue Smtp smtp,
        @DefaultValue Trap trap,
        @DefaultValue Pace pace,
        @DefaultValue Mails mails) {

    /** What this installation is for; all services read the same switch. */
    public enum Mode {
        REHEARSAL,
        DEPLOYED
    }

    /** Whether mails about unpaid registrations are limited per mailbox. */
    public boolean limited() {
        return Limits.areOn(limits, mode == Mode.REHEARSAL);
    }

    public NotificationServiceSettings {
        if (mode == Mode.REHEARSAL) {
            publicUrl = publicUrl.isBlank() ? "http://localhost:8080" : publicUrl;
            smtp = smtp.from().isBlank() ? smtp.withFrom("registration@localhost") : smtp;
        }
        require(!publicUrl.isBlank(), "PUBLIC_URL is missing");
        require(isWebAddress(publicUrl), "PUBLIC_URL must be a web address without a trailing slash");
        require(!accessTokenKeys.isBlank(), "ACCESS_TOKEN_KEYS is missing");
        Limits.areOn(limits, mode == Mode.REHEARSAL);
        // Fails the start on invalid keys before any database connection is opened.
        AccessTokens.of(accessTokenKeys);
        require(!smtp.host().isBlank(), "SMTP_HOST is missing");
        require(!smtp.from().isBlank(), "MAIL_FROM is missing");
        staff.trust(publicUrl);
    }

    private static boolean isWebAddress(String url) {
        if (url.endsWith("/")) {
            return false;
        }
        try {
            URI uri = URI.create(url);
            @Nullable String scheme = uri.getScheme();
            return uri.getHost() != null && ("http".equals(scheme) || "https".equals(scheme));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns the host in {@link #publicUrl}, the part of a Message-ID after the {@code @}. */
    public String publicHost() {
        return URI.create(publicUrl).getHost();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * The settings for checking staff tokens.
     *
     * @param jwksUri where the keys of staff tokens are: the gateway's {@code /.well-known/jwks.json}; nobody is staff here if it
     *     is empty
     * @param issuer the {@code iss} that staff tokens must bear; the public URL if empty
     */
    public record Staff(
            @DefaultValue("") String jwksUri,
            @DefaultValue("") String issuer) {

        StaffTrust trust(String publicUrl) {
            return StaffTrust.ofGateway(publicUrl, issuer, jwksUri);
        }
    }

    /** The encryption of the connection to the mail server. */
    public enum Security {
        /** Encrypted after STARTTLS; otherwise no mail is sent. */
        STARTTLS,
        /** Encrypted where the server offers it, without a check of its certificate: that protects against passive listeners only. */
        STARTTLS_IF_OFFERED,
        /** Encrypted from the first byte on. */
        TLS,
        /** Not encrypted. */
        OFF;

        static Security of(String given, boolean checked) {
            if (given.isBlank()) {
                return checked ? STARTTLS : STARTTLS_IF_OFFERED;
            }
            String name = given.strip().toUpperCase(Locale.ROOT).replace('-', '_');
            return Arrays.stream(values())
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "SMTP_SECURITY must be starttls, starttls-if-offered, tls or off"));
        }
    }

    /**
     * The mail server.
     *
     * @param host the mail server
     * @param port port of the mail server
     * @param user account on the mail server; empty if it asks for none
     * @param password password of the account on the mail server; it is never sent over an unencrypted connection
     * @param from the address that mails come from; {@code registration@localhost} in a rehearsal if empty
     * @param security {@code starttls} (encrypted, or no mail), {@code starttls-if-offered}, {@code tls} (from the first byte on,
     *     as on port 465) or {@code off}; if empty {@code starttls} with a user or authorities, {@code starttls-if-offered}
     *     without
     * @param authorities a file with the certificates (PEM) of the authorities that may vouch for the server; empty for the
     *     JDK's own; none with {@code starttls-if-offered}, which checks no certificate
     * @param connectWithin how long connecting to the mail server may take
     * @param answerWithin how long each answer of the mail server may take
     */
    public record Smtp(
            @DefaultValue("") String host,
            @DefaultValue("25") int port,
            @DefaultValue("") String user,
            @DefaultValue("") String password,
            @DefaultValue("") String from,
            @DefaultValue("") String security,
            @DefaultValue("") String authorities,
            @DefaultValue("5s") Duration connectWithin,
            @DefaultValue("20s") Duration answerWithin) {

        /**
         * The steps: greeting, EHLO, STARTTLS, handshake, EHLO, three for an account; NOOP of a kept connection; MAIL, RCPT,
         * DATA, the mail and its dot.
         */
        private static final int STEPS = 14;

        public Smtp {
            Security line = line(security, user, authorities);
            require(
                    user.isBlank() || line == Security.STARTTLS || line == Security.TLS,
                    "SMTP_PASSWORD needs an encrypted connection: SMTP_SECURITY must be starttls or tls");
            require(
                    authorities.isBlank() || line == Security.STARTTLS || line == Security.TLS,
                    "SMTP_AUTHORITIES has no effect unless SMTP_SECURITY is starttls or tls");
            require(
                    connectWithin.isPositive() && answerWithin.isPositive(),
                    "SMTP_CONNECT_WITHIN and SMTP_ANSWER_WITHIN must be above zero");
        }

        /** The encryption that applies. */
        public Security line() {
            return line(security, user, authorities);
        }

        private static Security line(String security, String user, String authorities) {
            return Security.of(security, !user.isBlank() || !authorities.isBlank());
        }

        /** The longest time for handing over a mail, if the server is as slow as allowed at every step. */
        public Duration longestDelivery() {
            return connectWithin.plus(answerWithin.multipliedBy(STEPS));
        }

        Smtp withFrom(String address) {
            return new Smtp(host, port, user, password, address, security, authorities, connectWithin, answerWithin);
        }

        /** Omits the password. */
        @Override
        public String toString() {
            return "Smtp[" + host + ":" + port + "]";
        }
    }

    /**
     * The HTTP side of a rehearsal's mail trap.
     *
     * @param host the mail trap, from which the mailbox is read; only in a rehearsal
     * @param port HTTP port of the mail trap; only in a rehearsal
     */
    public record Trap(
            @DefaultValue("localhost") String host,
            @DefaultValue("3080") int port) {}

    /**
     * The settings of when mails are sent.
     *
     * @param payNowAfter how long an unpaid registration waits for its pay-now mail; a third of its hold, if that is shorter
     * @param paymentFailedAfter how long the mail that a payment failed waits for a later attempt that succeeds
     * @param receiptWithin how long a confirmation waits for the receipt that it links to; then it is sent without
     * @param giveUpAfter how long a mail is retried that the mail server defers or breaks off, or while it takes none of our
     *     mails; time in which the mail server was not reached does not count
     * @param refusedFor how long a mail is retried that is refused because of itself or its recipient, but not because the
     *     address is unknown
     * @param lease how long a mail that is being sent belongs to its sender; renewed while the sender lives
     * @param backOff how long to wait after a server's first refusal; twice as long after each further one
     * @param connections how many mails an instance sends at the same time
     * @param connectionsPerDomain how many of these connections may be to addresses of one domain
     * @param perSecond how many mails an instance begins to send in a second at most
     * @param requestsPerHour how often the mails of one registration may be asked for again
     * @param resendsPerHour how often organisers may have one registration's mails sent again
     */
    public record Pace(
            @DefaultValue("60s") Duration payNowAfter,
            @DefaultValue("20s") Duration paymentFailedAfter,
            @DefaultValue("10s") Duration receiptWithin,
            @DefaultValue("5d") Duration giveUpAfter,
            @DefaultValue("8h") Duration refusedFor,
            @DefaultValue("30s") Duration lease,
            @DefaultValue("15s") Duration backOff,
            @DefaultValue("8") int connections,
            @DefaultValue("4") int connectionsPerDomain,
            @DefaultValue("100") double perSecond,
            @DefaultValue("5") int requestsPerHour,
            @DefaultValue("20") int resendsPerHour) {

        /** One mail on the connection, and others that are leased or being prepared meanwhile. */
        private static final int FOR_EACH_CONNECTION = 4;

        public Pace {
            require(connections > 0 && connectionsPerDomain > 0, "MAIL_CONNECTIONS and _PER_DOMAIN must be above zero");
            require(perSecond > 0 && perSecond <= 10_000, "MAILS_PER_SECOND must be above 0 and at most 10000");
            require(requestsPerHour > 0 && resendsPerHour > 0, "requestsPerHour and resendsPerHour must be above zero");
        }

        /** Returns how many mails an instance holds at a time: on a connection or waiting for one. */
        public int mails() {
            return FOR_EACH_CONNECTION * connections;
        }

        /** Returns how many of these may go to addresses of one domain. */
        public int mailsPerDomain() {
            return FOR_EACH_CONNECTION * connectionsPerDomain;
        }
    }

    /**
     * How many mails that anybody can cause a mailbox gets, where limits are on.
     *
     * @param unpaidPerHour how many mails about unpaid registrations a mailbox gets in an hour; the rest are gathered in one
     * @param unpaidPerDay how many mails about unpaid registrations a mailbox gets in a day
     * @param requestedPerHour how many mails a mailbox gets in an hour that somebody asked for by its address: links, confirmations
     */
    public record Mails(
            @DefaultValue("3") int unpaidPerHour,
            @DefaultValue("10") int unpaidPerDay,
            @DefaultValue("3") int requestedPerHour) {

        public Mails {
            require(unpaidPerHour > 0, "NOTIFICATION_MAILS_UNPAIDPERHOUR must be above zero");
            require(
                    unpaidPerDay >= unpaidPerHour,
                    "NOTIFICATION_MAILS_UNPAIDPERDAY is below NOTIFICATION_MAILS_UNPAIDPERHOUR");
            require(requestedPerHour > 0, "NOTIFICATION_MAILS_REQUESTEDPERHOUR must be above zero");
        }
    }

    /** Omits secrets. */
    @Override
    public String toString() {
        return "NotificationServiceSettings[" + mode + ", " + publicUrl + "]";
    }
}
