package org.openingminute.gateway.session;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/**
 * The OpenID Connect issuer's metadata and this system's registration with it. The metadata is fetched when somebody signs in and cached
 * for an hour, so the gateway starts and runs without the issuer. Thread-safe.
 */
@Component
final class ProviderClient implements ReactiveClientRegistrationRepository {

    static final String ID = "provider";

    private static final Logger log = LoggerFactory.getLogger(ProviderClient.class);

    private static final String METADATA = "/.well-known/openid-configuration";
    private static final String END_SESSION = "end_session_endpoint";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration KEPT = Duration.ofHours(1);
    private static final Duration FAILURE_KEPT = Duration.ofSeconds(1);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final GatewaySettings.StaffSettings settings;
    private final String publicUrl;
    private final Mono<ClientRegistration> registration;

    ProviderClient(GatewaySettings settings) {
        this.settings = settings.staff();
        this.publicUrl = settings.publicUrl();
        this.registration = WebClient.create()
                .get()
                .uri(URI.create(withoutSlash(this.settings.oidcIssuer()) + METADATA))
                .retrieve()
                .bodyToMono(new ParameterizedTypeReference<Map<String, Object>>() {})
                .map(this::registration)
                .timeout(PATIENCE)
                .doOnError(error -> log.warn(
                        "The OpenID Connect issuer's description cannot be used: {}",
                        error.getClass().getSimpleName()))
                .onErrorMap(_ -> away())
                .cache(_ -> KEPT, _ -> FAILURE_KEPT, () -> Duration.ZERO);
    }

    private static String withoutSlash(String issuer) {
        return issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    }

    boolean isConfigured() {
        return settings.hasOidcIssuer();
    }

    @Override
    public Mono<ClientRegistration> findByRegistrationId(String registrationId) {
        return registration;
    }

    /**
     * The address at the issuer that ends the browser's session there and redirects back; empty if the issuer has none or is unavailable.
     *
     * @param idToken the token by which the issuer identifies the session
     */
    Mono<String> endSession(Optional<String> idToken) {
        return registration
                .flatMap(provider -> Mono.justOrEmpty(Optional.ofNullable(
                        provider.getProviderDetails().getConfigurationMetadata().get(END_SESSION))))
                .map(place -> UriComponentsBuilder.fromUriString(place.toString())
                        .queryParam("client_id", "{client}")
                        .queryParam("post_logout_redirect_uri", "{back}")
                        .queryParamIfPresent("id_token_hint", idToken)
                        .encode()
                        .buildAndExpand(settings.clientId(), publicUrl + SignOutController.PATH)
                        .toUriString())
                .onErrorComplete();
    }

    private ClientRegistration registration(Map<String, Object> metadata) {
        if (!settings.oidcIssuer().equals(String.valueOf(metadata.get("issuer")))) {
            log.warn("The metadata of the OpenID Connect issuer names an issuer other than OIDC_ISSUER");
            throw new IllegalStateException("the issuer calls itself by another name");
        }
        ClientRegistration.Builder client = ClientRegistrations.fromOidcConfiguration(metadata)
                .registrationId(ID)
                .clientId(settings.clientId())
                .redirectUri(publicUrl + SignInController.CALLBACK)
                .scope("openid", "profile", "email");
        String secret = settings.oidcClientSecret();
        return (secret.isBlank()
                        ? client.clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                        : client.clientSecret(secret))
                .build();
    }

    static Problem away() {
        return Problem.unavailable("The sign-in provider is not responding right now. Please try again in a moment.")
                .retryAfter(RETRY_AFTER);
    }
}
