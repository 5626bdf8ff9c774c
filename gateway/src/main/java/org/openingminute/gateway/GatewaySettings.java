package org.openingminute.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * All keys of the gateway itself. A key that is not among them is an error, and so is a setting that cannot work: the
 * gateway then does not start, and says why.
 *
 * @param mode rehearsal or deployed
 * @param publicUrl how the outside sees the gateway; may be empty in a rehearsal
 * @param upstream where the services are
 * @param budgets how long things may take
 * @param staff who may sign in and how tokens are signed
 * @param paymentPages origins of providers' pages, separated by spaces: a form that pays may lead there
 */
@ConfigurationProperties(prefix = "gateway", ignoreUnknownFields = false)
public record GatewaySettings(
        Mode mode,
        String publicUrl,
        Upstream upstream,
        @DefaultValue Budgets budgets,
        Staff staff,
        @DefaultValue("https://checkout.stripe.com") String paymentPages) {

    private static final String REHEARSAL_URL = "http://localhost:8080";

    public GatewaySettings {
        if (publicUrl.isBlank()) {
            if (mode == Mode.DEPLOYED) {
                throw new IllegalArgumentException("PUBLIC_URL is missing: a deployed gateway has to know it");
            }
            publicUrl = REHEARSAL_URL;
        }
        URI parsed = URI.create(publicUrl);
        if (parsed.getHost() == null || !parsed.getPath().isEmpty() || !isHttp(parsed)) {
            throw new IllegalArgumentException(
                    "PUBLIC_URL has to be like https://register.example.org, without a path or a slash at the end");
        }
        if (staff.issuer().isBlank()) {
            staff = staff.withIssuer(publicUrl);
        }
    }

    private static boolean isHttp(URI uri) {
        return "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    }

    /** True where people reach the gateway over https. */
    public boolean isHttps() {
        return publicUrl.toLowerCase(Locale.ROOT).startsWith("https:");
    }

    public URI urlOf(Service service) {
        return switch (service) {
            case REGISTRATION -> upstream.registration();
            case PAYMENT -> upstream.payment();
            case NOTIFICATION -> upstream.notification();
        };
    }

    /** The switch that all services read. */
    public enum Mode {
        REHEARSAL,
        DEPLOYED
    }

    /** Base URLs of the services. */
    public record Upstream(URI registration, URI payment, URI notification) {}

    /**
     * Times. The budget of a route is what a service has to begin its answer from the moment at which it could have the
     * whole request; the same again may pass between two pieces of an answer.
     *
     * @param webhooks provider's webhooks
     * @param payment all else of payment-service
     * @param notification notification-service
     * @param registration registration-service
     * @param stream registration-service, to the first byte of a stream of events; after that it may be silent
     * @param requestBody what a client has to send a request's body
     * @param internal what a service has to answer the gateway's own questions
     * @param breakerOpen how long a breaker stays open before it lets a few calls try
     */
    public record Budgets(
            @DefaultValue("10s") Duration webhooks,
            @DefaultValue("15s") Duration payment,
            @DefaultValue("10s") Duration notification,
            @DefaultValue("10s") Duration registration,
            @DefaultValue("30s") Duration stream,
            @DefaultValue("60s") Duration requestBody,
            @DefaultValue("1s") Duration internal,
            @DefaultValue("3s") Duration breakerOpen) {}

    /**
     * Who of the staff may sign in, and how their tokens are signed.
     *
     * @param signingKey PEM of the key that signs staff tokens, or {@code file:} and a path; not needed with an OpenID
     *     Connect issuer
     * @param issuer what tokens bear as issuer; by default the public URL
     * @param oidcIssuer OpenID Connect issuer whose tokens are taken instead of the built-in accounts, or empty
     * @param jwksUri where the keys of that issuer are
     * @param passwords of the built-in accounts; an empty one closes its account
     */
    public record Staff(String signingKey, String issuer, String oidcIssuer, String jwksUri, Passwords passwords) {

        public Staff {
            if (oidcIssuer.isBlank() && signingKey.isBlank()) {
                throw new IllegalArgumentException("STAFF_SIGNING_KEY is missing (or OIDC_ISSUER)");
            }
            if (!oidcIssuer.isBlank() && jwksUri.isBlank()) {
                throw new IllegalArgumentException("STAFF_JWKS_URI is missing: where are the keys of OIDC_ISSUER?");
            }
        }

        public boolean hasOidcIssuer() {
            return !oidcIssuer.isBlank();
        }

        private Staff withIssuer(String fallback) {
            return new Staff(signingKey, hasOidcIssuer() ? oidcIssuer : fallback, oidcIssuer, jwksUri, passwords);
        }

        @Override
        public String toString() {
            return "Staff[issuer=" + issuer + ", oidcIssuer=" + oidcIssuer + "]";
        }
    }

    /** Passwords of the built-in accounts. */
    public record Passwords(String organiser, String checkIn, String operator) {

        @Override
        public String toString() {
            return "Passwords[•••]";
        }
    }
}
