package org.openingminute.payment;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openingminute.kit.access.AccessTokens;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this service reads from its surroundings, beside the database, the broker and the port. What cannot work is refused.
 *
 * @param mode {@code rehearsal} (with the sandbox) or {@code deployed} (without)
 * @param publicUrl how the outside sees the gateway, no slash at the end; {@code http://localhost:8080} in a rehearsal if empty
 * @param accessTokenKeys keys of registrants' links, {@code id:base64url-secret}, comma separated, 32 bytes at least; all
 *     verify; the same in registration-, payment- and notification-service
 * @param staffJwksUri where the keys of staff tokens are: the gateway's {@code /.well-known/jwks.json}, or those of an OpenID
 *     Connect issuer; in a rehearsal nobody is staff here if it is empty
 * @param staffIssuer the {@code iss} that staff tokens must bear; the public URL if empty
 * @param cardProvider where new card sessions are opened: {@code stripe}, {@code sandbox} (in a rehearsal alone), or
 *     {@code none} for a deployment that takes no cards; if empty the sandbox in a rehearsal, else Stripe
 * @param booksCheckedEvery how often ledger, state and the providers' lists are held against each other
 * @param providersAskedEvery how often providers are asked what they have not told
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

    /** What this system is for. */
    public enum Mode {
        REHEARSAL,
        DEPLOYED
    }

    /**
     * The sandbox, as its customer knows it and as it runs itself.
     *
     * @param apiKey key of the sandbox's API; needed in a rehearsal, refused elsewhere
     * @param webhookSecret secret of the sandbox's webhooks; needed in a rehearsal, refused elsewhere
     * @param url where the sandbox's API is; this service's own port if empty; refused in a deployment
     * @param webhookUrl where the sandbox delivers what happens; {@code PUBLIC_URL/api/payments/webhooks/sandbox} if empty; refused in a
     *     deployment
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
     * Receipts, credit notes and invoices.
     *
     * @param sellerName who issues receipts, credit notes and invoices; the conference if empty
     * @param sellerAddress address of who issues receipts, lines separated by vertical bars
     * @param sellerTaxId tax number of who issues receipts
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
     * Stripe, as its customer knows it.
     *
     * @param apiKey Stripe's restricted key; it and the webhook secret go together
     * @param webhookSecret the secret of the webhook endpoint at Stripe
     * @param apiBase where Stripe's interface is
     * @param apiVersion the version of that interface; that of Stripe's library if empty
     * @param callsPerSecond how many calls of each operation an instance begins in a second at most; Stripe takes 25 for an
     *     endpoint of an account
     */
    public record Stripe(
            @DefaultValue("") String apiKey,
            @DefaultValue("") String webhookSecret,
            @DefaultValue("https://api.stripe.com") String apiBase,
            @DefaultValue("") String apiVersion,
            @DefaultValue("20") int callsPerSecond) {

        public Stripe {
            if (callsPerSecond < 1) {
                throw new IllegalArgumentException("STRIPE_CALLS_PER_SECOND is at least 1");
            }
        }
    }

    private static final String SANDBOX = "sandbox";
    private static final String STRIPE = "stripe";
    private static final String NONE = "none";
    private static final String SANDBOX_REFUSED = "the sandbox is for rehearsals (APP_MODE=rehearsal) alone: remove ";
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
            throw new IllegalArgumentException("PUBLIC_URL has no slash at its end");
        }
        if (!rehearsal && staffJwksUri.isBlank()) {
            throw new IllegalArgumentException("STAFF_JWKS_URI is missing");
        }
        // Refused here, before a database is looked for.
        AccessTokens.of(accessTokenKeys);
        checkSandbox(rehearsal, sandbox);
        checkCards(rehearsal, stripe, cardProvider);
        staffIssuer = staffIssuer.isBlank() ? publicUrl : staffIssuer;
        cardProvider = !cardProvider.isBlank() ? cardProvider : rehearsal ? SANDBOX : STRIPE;
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

    private static void checkCards(boolean rehearsal, Stripe stripe, String wanted) {
        boolean hasStripe = !stripe.apiKey().isBlank();
        if (hasStripe == stripe.webhookSecret().isBlank()) {
            throw new IllegalArgumentException(
                    "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET go together: give both or neither");
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
            default -> throw new IllegalArgumentException("PAYMENT_CARD_PROVIDER is stripe, sandbox or none");
        }
    }
}
