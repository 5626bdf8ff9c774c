package org.openingminute.notification;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.AccessTokens;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of this service. A deployment that lacks something does not start; a rehearsal has defaults for what may be the
 * same in all rehearsals. Immutable.
 *
 * @param mode {@code rehearsal} (with the mailbox) or {@code deployed}
 * @param publicUrl how the outside sees the gateway, no slash at the end; every absolute link begins with it. {@code
 *     http://localhost:8080} in a rehearsal if empty
 * @param accessTokenKeys keys of registrants' links, {@code id:base64url-secret}, comma separated, 32 bytes at least; the first
 *     signs, all verify; the same in registration-, payment- and notification-service
 */
@ConfigurationProperties(prefix = "notification", ignoreUnknownFields = false)
public record NotificationServiceSettings(
        @DefaultValue("deployed") Mode mode,
        @DefaultValue("") String publicUrl,
        @DefaultValue("") String accessTokenKeys,
        @DefaultValue Staff staff,
        @DefaultValue Smtp smtp,
        @DefaultValue Trap trap,
        @DefaultValue Pace pace) {

    /** The one switch that all services read. */
    public enum Mode {
        REHEARSAL,
        DEPLOYED
    }

    public NotificationServiceSettings {
        if (mode == Mode.REHEARSAL) {
            publicUrl = publicUrl.isBlank() ? "http://localhost:8080" : publicUrl;
            smtp = smtp.from().isBlank() ? smtp.withFrom("registration@localhost") : smtp;
        }
        require(!publicUrl.isBlank(), "PUBLIC_URL is missing");
        require(isWebAddress(publicUrl), "PUBLIC_URL is no web address without a slash at the end");
        require(!accessTokenKeys.isBlank(), "ACCESS_TOKEN_KEYS is missing");
        // Refused here, before the database is connected.
        AccessTokens.of(accessTokenKeys);
        require(!smtp.host().isBlank(), "SMTP_HOST is missing");
        require(!smtp.from().isBlank(), "MAIL_FROM is missing");
        staff = staff.issuer().isBlank() ? new Staff(staff.jwksUri(), publicUrl) : staff;
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

    /** The host in {@link #publicUrl}: what stands behind the {@code @} of a Message-ID. */
    public String publicHost() {
        return URI.create(publicUrl).getHost();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /**
     * How staff tokens are checked.
     *
     * @param jwksUri where the keys of staff tokens are: the gateway's {@code /.well-known/jwks.json}, or those of an OpenID
     *     Connect issuer; nobody is staff here if it is empty
     * @param issuer the {@code iss} that staff tokens must bear; the public URL if empty
     */
    public record Staff(
            @DefaultValue("") String jwksUri,
            @DefaultValue("") String issuer) {}

    /** How the line to the mail server is kept from being read. */
    public enum Security {
        /** Encrypted after STARTTLS, or not at all. */
        STARTTLS,
        /** Encrypted where the server offers it, without a check of its certificate: that protects against passive listeners only. */
        STARTTLS_IF_OFFERED,
        /** Encrypted from the first byte on. */
        TLS,
        /** Open. */
        OFF;

        static Security of(String given, boolean checked) {
            if (given.isBlank()) {
                return checked ? STARTTLS : STARTTLS_IF_OFFERED;
            }
            String name = given.strip().toUpperCase(Locale.ROOT).replace('-', '_');
            return Arrays.stream(values())
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalArgumentException("SMTP_SECURITY is starttls, starttls-if-offered, tls or off"));
        }
    }

    /**
     * The mail server.
     *
     * @param host the mail server
     * @param port port of the mail server
     * @param user account on the mail server; empty where it asks for none
     * @param password password of the account on the mail server; it goes over no open line
     * @param from the address that mails come from; {@code registration@localhost} in a rehearsal if empty
     * @param security {@code starttls} (encrypted, or no mail), {@code starttls-if-offered}, {@code tls} (from the first byte on,
     *     as on port 465) or {@code off}; if empty {@code starttls} with a user or authorities, {@code starttls-if-offered}
     *     without
     * @param authorities a file with the certificates (PEM) of those who may vouch for the server; empty for those that the
     *     JDK knows; none with {@code starttls-if-offered}, which asks nobody
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
         * Greeting, EHLO, STARTTLS, handshake, EHLO, three for an account; NOOP of a kept connection; MAIL, RCPT, DATA, the mail
         * and its dot.
         */
        private static final int STEPS = 14;

        public Smtp {
            Security line = line(security, user, authorities);
            require(
                    user.isBlank() || line == Security.STARTTLS || line == Security.TLS,
                    "SMTP_PASSWORD goes over no open line: SMTP_SECURITY is starttls or tls");
            require(
                    authorities.isBlank() || line == Security.STARTTLS || line == Security.TLS,
                    "SMTP_AUTHORITIES are asked only where SMTP_SECURITY is starttls or tls");
            require(
                    connectWithin.isPositive() && answerWithin.isPositive(),
                    "SMTP_CONNECT_WITHIN and SMTP_ANSWER_WITHIN are above zero");
        }

        /** How its line is kept from being read. */
        public Security line() {
            return line(security, user, authorities);
        }

        private static Security line(String security, String user, String authorities) {
            return Security.of(security, !user.isBlank() || !authorities.isBlank());
        }

        /** How long a mail may take to be handed over if the server is as slow as it may be at every step. */
        public Duration longestDelivery() {
            return connectWithin.plus(answerWithin.multipliedBy(STEPS));
        }

        Smtp withFrom(String address) {
            return new Smtp(host, port, user, password, address, security, authorities, connectWithin, answerWithin);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Smtp[" + host + ":" + port + "]";
        }
    }

    /**
     * The IMAP side of a rehearsal's mail trap.
     *
     * @param host the mail trap, from which the mailbox is read; in a rehearsal alone
     * @param port IMAP port of the mail trap; in a rehearsal alone
     */
    public record Trap(
            @DefaultValue("localhost") String host,
            @DefaultValue("3143") int port) {}

    /**
     * When mails go out.
     *
     * @param payNowAfter how long an unpaid registration waits for its pay-now mail; a third of its hold, if that is shorter
     * @param paymentFailedAfter how long the mail that a payment failed waits for a later attempt that succeeds
     * @param receiptWithin how long a confirmation waits for the receipt that it links to; then it goes without
     * @param giveUpAfter how long a mail is tried that the mail server puts off, or while it is away or takes no mail of ours
     *     at all
     * @param refusedFor how long a mail is tried that is refused for itself or its recipient, but not as an address of nobody
     * @param lease how long a mail that is being sent is nobody else's; renewed while the sender lives
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
            @DefaultValue("48h") Duration giveUpAfter,
            @DefaultValue("8h") Duration refusedFor,
            @DefaultValue("30s") Duration lease,
            @DefaultValue("15s") Duration backOff,
            @DefaultValue("8") int connections,
            @DefaultValue("4") int connectionsPerDomain,
            @DefaultValue("100") double perSecond,
            @DefaultValue("5") int requestsPerHour,
            @DefaultValue("20") int resendsPerHour) {

        public Pace {
            require(connections > 0 && connectionsPerDomain > 0, "MAIL_CONNECTIONS and _PER_DOMAIN are above zero");
            require(perSecond > 0 && perSecond <= 10_000, "MAILS_PER_SECOND is above 0 and at most 10000");
            require(requestsPerHour > 0 && resendsPerHour > 0, "requestsPerHour and resendsPerHour are above zero");
        }
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "NotificationServiceSettings[" + mode + ", " + publicUrl + "]";
    }
}
