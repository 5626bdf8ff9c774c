package org.openingminute.payment;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.kit.access.AccessTokens;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings that this service reads, besides database, broker and port. Settings that cannot work are refused.
 *
 * @param mode {@code rehearsal} (with the sandbox) or {@code deployed} (without)
 * @param publicUrl the public URL of the gateway, without a trailing slash; {@code http://localhost:8080} in a rehearsal if empty
 * @param accessTokenKeys keys of registrants' links, {@code id:base64url-secret}, comma separated, 32 bytes at least; all
 *     verify; the same in registration-, payment- and notification-service
 * @param staffJwksUri where the keys of staff tokens are: the gateway's {@code /.well-known/jwks.json}; in a rehearsal nobody is
 *     staff here if it is empty
 * @param staffIssuer the {@code iss} that staff tokens must bear; the public URL if empty
 * @param cardProvider where new card sessions are opened: {@code stripe}, {@code sandbox} (only in a rehearsal), or
 *     {@code none} for a deployment that takes no cards; if empty the sandbox in a rehearsal, else Stripe
 * @param booksCheckedEvery how often ledger, state and the providers' lists are compared
 * @param providersAskedEvery how often providers are polled for events that no webhook has brought
 */
@ConfigurationProperties(prefix = "payment", ignoreUnknownFields = false)
public record PaymentServiceSettings(
        @DefaultValue("deployed") Mode mode,
        @DefaultValue("") String publicUrl,
        String accessTokenKeys,
        @DefaultValue("") String staffJwksUri,
        @DefaultValue("") String staffIssuer,
        @DefaultValue("") String cardProvider,
        @DefaultValue SandboxSettings sandbox,
        @DefaultValue Stripe stripe,
        @DefaultValue DocumentSettings documents,
        @DefaultValue("60s") Duration booksCheckedEvery,
        @DefaultValue("15s") Duration providersAskedEvery) {

    /** What this installation is for. */
    public enum Mode {
        REHEARSAL,
        DEPLOYED
    }

    /**
     * The settings of the sandbox, for its customer and for the sandbox itself.
     *
     * @param apiKey key of the sandbox's API; needed in a rehearsal, refused elsewhere
     * @param webhookSecret secret of the sandbox's webhooks; needed in a rehearsal, refused elsewhere
     * @param url where the sandbox's API is; this service's own port if empty; refused in a deployment
     * @param webhookUrl where the sandbox delivers its webhooks; {@code PUBLIC_URL/api/payments/webhooks/sandbox} if empty;
     *     refused in a deployment
     */
    public record SandboxSettings(
            @DefaultValue("") String apiKey,
            @DefaultValue("") String webhookSecret,
            @DefaultValue("") String url,
            @DefaultValue("") String webhookUrl) {

        private Map<String, String> variables() {
            Map<String, String> variables = new LinkedHashMap<>();
            variables.put("SANDBOX_API_KEY", apiKey);
            variables.put("SANDBOX_WEBHOOK_SECRET", webhookSecret);
            variables.put("SANDBOX_URL", url);
            variables.put("SANDBOX_WEBHOOK_URL", webhookUrl);
            return variables;
        }
    }

    /**
     * The settings of receipts, credit notes and invoices.
     *
     * @param sellerName the issuer of receipts, credit notes and invoices; needed in a deployment, in a rehearsal the conference
     *     if empty
     * @param sellerAddress address of the issuer of receipts, lines separated by vertical bars; needed as the name is
     * @param sellerTaxId tax number of the issuer of receipts
     * @param payTo the account to which invoices are paid, lines separated by vertical bars; if empty an invoice says to ask the
     *     organisers
     * @param fonts a folder of TrueType fonts ({@code .ttf}) for scripts that the built-in one cannot write; none if empty
     */
    public record DocumentSettings(
            @DefaultValue("") String sellerName,
            @DefaultValue("") String sellerAddress,
            @DefaultValue("") String sellerTaxId,
            @DefaultValue("") String payTo,
            @DefaultValue("") String fonts) {}

    /**
     * The settings of Stripe.
     *
     * @param apiKey Stripe's restricted key; it and the webhook secret go together
     * @param webhookSecret the secret of the webhook endpoint at Stripe
     * @param apiBase the base URL of Stripe's API
     * @param apiVersion the version of Stripe's API; that of Stripe's library if empty
     * @param callsPerSecond the most calls of each operation that an instance begins in a second; Stripe allows an account
     *     25 for each endpoint
     */
    public record Stripe(
            @DefaultValue("") String apiKey,
            @DefaultValue("") String webhookSecret,
            @DefaultValue("https://api.stripe.com") String apiBase,
            @DefaultValue("") String apiVersion,
            @DefaultValue("20") int callsPerSecond) {

        public Stripe {
            if (callsPerSecond < 1) {
                throw new IllegalArgumentException("STRIPE_CALLS_PER_SECOND must be at least 1");
            }
        }
    }

    private static final String SANDBOX = "sandbox";
    private static final String STRIPE = "stripe";
    private static final String NONE = "none";
    private static final String SANDBOX_REFUSED = "the sandbox is only for rehearsals (APP_MODE=rehearsal): remove ";
    private static final String LOCAL_GATEWAY = "http://localhost:8080";

    public PaymentServiceSettings {
        boolean rehearsal = mode == Mode.REHEARSAL;
        if (rehearsal && publicUrl.isBlank()) {
            publicUrl = LOCAL_GATEWAY;
        }
        if (publicUrl.isBlank()) {
            throw new IllegalArgumentException("PUBLIC_URL is missing");
        }
        if (publicUrl.endsWith("/")) {
            throw new IllegalArgumentException("PUBLIC_URL must not end with a slash");
        }
        if (!rehearsal && staffJwksUri.isBlank()) {
            throw new IllegalArgumentException("STAFF_JWKS_URI is missing");
        }
        // Fails the start on invalid keys before any database connection is opened.
        AccessTokens.of(accessTokenKeys);
        StaffTrust.ofGateway(publicUrl, staffIssuer, staffJwksUri);
        checkSandbox(rehearsal, sandbox);
        checkCards(rehearsal, stripe, cardProvider);
        // The seller is required even without cards and without an account for invoices, because organisers may mark
        // transfers as paid.
        if (!rehearsal) {
            checkSeller(documents);
        }
        cardProvider = !cardProvider.isBlank() ? cardProvider : rehearsal ? SANDBOX : STRIPE;
    }

    StaffTrust staffTrust() {
        return StaffTrust.ofGateway(publicUrl, staffIssuer, staffJwksUri);
    }

    private static void checkSandbox(boolean rehearsal, SandboxSettings sandbox) {
        if (rehearsal && (sandbox.apiKey().isBlank() || sandbox.webhookSecret().isBlank())) {
            throw new IllegalArgumentException("SANDBOX_API_KEY or SANDBOX_WEBHOOK_SECRET is missing");
        }
        List<String> set = sandbox.variables().entrySet().stream()
                .filter(variable -> !variable.getValue().isBlank())
                .map(Map.Entry::getKey)
                .toList();
        if (!rehearsal && !set.isEmpty()) {
            throw new IllegalArgumentException(SANDBOX_REFUSED + String.join(", ", set));
        }
    }

    private static void checkSeller(DocumentSettings documents) {
        if (documents.sellerName().isBlank()) {
            throw new IllegalArgumentException("SELLER_NAME is missing: receipts name the seller");
        }
        if (documents.sellerAddress().isBlank()) {
            throw new IllegalArgumentException("SELLER_ADDRESS is missing: receipts name the seller");
        }
    }

    private static void checkCards(boolean rehearsal, Stripe stripe, String wanted) {
        boolean hasStripe = !stripe.apiKey().isBlank();
        if (hasStripe == stripe.webhookSecret().isBlank()) {
            throw new IllegalArgumentException(
                    "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET belong together: set both or neither");
        }
        switch (wanted) {
            case "" -> {
                if (!rehearsal && !hasStripe) {
                    throw new IllegalArgumentException("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET are missing"
                            + " (or PAYMENT_CARD_PROVIDER=none, to take no cards)");
                }
            }
            case SANDBOX -> {
                if (!rehearsal) {
                    throw new IllegalArgumentException(SANDBOX_REFUSED + "PAYMENT_CARD_PROVIDER");
                }
            }
            case STRIPE -> {
                if (!hasStripe) {
                    throw new IllegalArgumentException(
                            "PAYMENT_CARD_PROVIDER=stripe needs STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET");
                }
            }
            case NONE -> {
                if (rehearsal || hasStripe) {
                    throw new IllegalArgumentException(
                            "PAYMENT_CARD_PROVIDER=none is for a deployment without STRIPE_API_KEY");
                }
            }
            default -> throw new IllegalArgumentException("PAYMENT_CARD_PROVIDER must be stripe, sandbox or none");
        }
    }
}
