package org.openingminute.payment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this service reads from its surroundings, beside the database, the broker and the port.
 *
 * @param mode a rehearsal has the sandbox, a deployment does not
 * @param publicUrl how the outside sees the gateway; no slash at the end
 * @param staffJwksUri where the keys of staff tokens are; without it none is taken
 * @param staffIssuer the issuer of staff tokens; the public URL if absent
 * @param cardProvider where new sessions are opened; the sandbox in a rehearsal if blank, else Stripe
 * @param booksCheckedEvery how often ledger, state and the providers' lists are held against each other
 * @param providersAskedEvery how often providers are asked what they have not told
 */
@ConfigurationProperties(value = "payment", ignoreUnknownFields = false)
public record PaymentServiceSettings(
        Mode mode,
        String publicUrl,
        String accessTokenKeys,
        String staffJwksUri,
        String staffIssuer,
        @DefaultValue("") String cardProvider,
        @DefaultValue Sandbox sandbox,
        @DefaultValue Stripe stripe,
        @DefaultValue Documents documents,
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
     * @param url where its API is; this service's own port if blank
     * @param webhookUrl where it tells what happens; the public path if blank
     */
    public record Sandbox(String apiKey, String webhookSecret, String url, String webhookUrl) {}

    /**
     * Receipts, credit notes and invoices.
     *
     * @param sellerName who issues them; the conference if blank
     * @param sellerAddress lines, separated by {@code |}
     * @param payTo the account to which invoices are paid, in lines separated by {@code |}
     * @param fonts a folder of TrueType fonts for what the built-in one cannot write; none if blank
     */
    public record Documents(
            @DefaultValue("") String sellerName,
            @DefaultValue("") String sellerAddress,
            @DefaultValue("") String sellerTaxId,
            @DefaultValue("") String payTo,
            @DefaultValue("") String fonts) {}

    /**
     * Stripe, as its customer knows it.
     *
     * @param apiKey of ours; without it Stripe is not there
     * @param apiVersion of its interface; the library's own if blank
     * @param callsPerSecond of each operation, by this instance, at most
     */
    public record Stripe(
            @DefaultValue("") String apiKey,
            @DefaultValue("") String webhookSecret,
            @DefaultValue("") String apiBase,
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
    private static final String LOCAL_GATEWAY = "http://localhost:8080";

    @Override
    public String publicUrl() {
        return publicUrl.isBlank() && mode == Mode.REHEARSAL ? LOCAL_GATEWAY : publicUrl;
    }

    @Override
    public String staffIssuer() {
        return staffIssuer.isBlank() ? publicUrl() : staffIssuer;
    }

    @Override
    public String cardProvider() {
        return !cardProvider.isBlank() ? cardProvider : mode == Mode.REHEARSAL ? SANDBOX : STRIPE;
    }

    Optional<String> staffKeys() {
        return staffJwksUri.isBlank() ? Optional.empty() : Optional.of(staffJwksUri);
    }

    /** What is wrong with the environment, as one sentence; nothing where the service can start. */
    static Optional<String> complaint(UnaryOperator<@Nullable String> environment) {
        boolean rehearsal = "rehearsal".equals(environment.apply("APP_MODE"));
        List<String> needed = new ArrayList<>(List.of("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "ACCESS_TOKEN_KEYS"));
        needed.addAll(
                rehearsal
                        ? List.of("SANDBOX_API_KEY", "SANDBOX_WEBHOOK_SECRET")
                        : List.of("PUBLIC_URL", "STAFF_JWKS_URI"));
        List<String> missing =
                needed.stream().filter(name -> absent(environment.apply(name))).toList();
        if (!missing.isEmpty()) {
            return Optional.of("these variables are missing: " + String.join(", ", missing));
        }
        List<String> refused = List.of("SANDBOX_API_KEY", "SANDBOX_WEBHOOK_SECRET", "SANDBOX_URL").stream()
                .filter(name -> !rehearsal && !absent(environment.apply(name)))
                .toList();
        if (!refused.isEmpty()) {
            return Optional.of(
                    "the sandbox is for rehearsals (APP_MODE=rehearsal) alone: remove " + String.join(", ", refused));
        }
        return complaintOfCards(rehearsal, environment);
    }

    private static Optional<String> complaintOfCards(boolean rehearsal, UnaryOperator<@Nullable String> environment) {
        boolean stripe = !absent(environment.apply("STRIPE_API_KEY"));
        if (stripe == absent(environment.apply("STRIPE_WEBHOOK_SECRET"))) {
            return Optional.of("STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET go together: give both or neither");
        }
        String wanted = environment.apply("PAYMENT_CARD_PROVIDER");
        if (wanted == null || wanted.isBlank()) {
            return Optional.empty();
        }
        return switch (wanted) {
            case SANDBOX ->
                rehearsal
                        ? Optional.empty()
                        : Optional.of(
                                "the sandbox is for rehearsals (APP_MODE=rehearsal) alone: remove PAYMENT_CARD_PROVIDER");
            case STRIPE ->
                stripe
                        ? Optional.empty()
                        : Optional.of("PAYMENT_CARD_PROVIDER=stripe needs STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET");
            default -> Optional.of("PAYMENT_CARD_PROVIDER is stripe or sandbox");
        };
    }

    private static boolean absent(@Nullable String value) {
        return value == null || value.isBlank();
    }
}
