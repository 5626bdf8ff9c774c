package org.openingminute.kit.access;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.problem.Problem;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestTemplate;

/**
 * Verifies staff tokens with the keys that the gateway or the OpenID Connect issuer publishes. The keys are fetched when the
 * first token comes, and again for an unknown key id.
 */
final class StaffTokens {

    /** The time limit to connect, and for each response to begin. */
    private static final Duration KEYS_WITHIN = Duration.ofSeconds(2);

    private final @Nullable NimbusJwtDecoder decoder;

    StaffTokens(AccessSettings settings) {
        this.decoder = settings.staffJwksUri().isBlank() ? null : decoder(settings);
    }

    private static NimbusJwtDecoder decoder(AccessSettings settings) {
        SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(KEYS_WITHIN);
        requests.setReadTimeout(KEYS_WITHIN);
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(settings.staffJwksUri())
                .jwsAlgorithms(
                        algorithms -> algorithms.addAll(List.of(SignatureAlgorithm.ES256, SignatureAlgorithm.RS256)))
                .restOperations(new RestTemplate(requests))
                .build();
        decoder.setJwtValidator(JwtValidators.createDefaultWithIssuer(settings.staffIssuer()));
        return decoder;
    }

    /**
     * The member of staff to whom a token belongs; empty for an invalid token.
     *
     * @throws Problem {@code unavailable} if the keys cannot be had
     */
    Optional<Caller.Staff> verify(String token) {
        if (decoder == null) {
            return Optional.empty();
        }
        try {
            Jwt jwt = decoder.decode(token);
            return Optional.ofNullable(jwt.getSubject()).map(account -> new Caller.Staff(account, roles(jwt)));
        } catch (BadJwtException _) {
            return Optional.empty();
        } catch (JwtException _) {
            throw Problem.unavailable("Sign-in cannot be checked at the moment.")
                    .because("sign-in-unchecked");
        }
    }

    private static Set<Role> roles(Jwt jwt) {
        Collection<?> names = switch (jwt.getClaims().get("roles")) {
            case Collection<?> several -> several;
            case String one -> List.of(one);
            case null, default -> List.of();
        };
        Set<Role> roles = EnumSet.noneOf(Role.class);
        names.forEach(name -> Role.of(String.valueOf(name)).ifPresent(roles::add));
        return roles;
    }
}
