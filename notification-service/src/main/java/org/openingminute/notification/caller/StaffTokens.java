package org.openingminute.notification.caller;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.NotificationSettings;
import org.openingminute.notification.problem.ApiProblem;
import org.openingminute.notification.problem.ProblemCode;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestTemplate;

/** Verifies staff tokens with the keys that the gateway or the OpenID Connect issuer publishes. Safe for all threads. */
@Component
class StaffTokens {

    private static final Duration KEYS_WITHIN = Duration.ofSeconds(2);

    private final @Nullable NimbusJwtDecoder decoder;

    StaffTokens(NotificationSettings settings) {
        NotificationSettings.Staff staff = settings.staff();
        if (staff.jwksUri().isBlank()) {
            decoder = null;
            return;
        }
        SimpleClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(KEYS_WITHIN);
        requests.setReadTimeout(KEYS_WITHIN);
        decoder = NimbusJwtDecoder.withJwkSetUri(staff.jwksUri())
                .jwsAlgorithms(
                        algorithms -> algorithms.addAll(Set.of(SignatureAlgorithm.ES256, SignatureAlgorithm.RS256)))
                .restOperations(new RestTemplate(requests))
                .build();
        decoder.setJwtValidator(JwtValidators.createDefaultWithIssuer(staff.issuer()));
    }

    /**
     * Who bears this token; empty if nobody does.
     *
     * @throws ApiProblem {@code unavailable} if the keys cannot be had
     */
    Optional<StaffMember> verify(String token) {
        if (decoder == null) {
            return Optional.empty();
        }
        try {
            Jwt jwt = decoder.decode(token);
            @Nullable List<String> roles = jwt.getClaimAsStringList("roles");
            @Nullable String account = jwt.getSubject();
            return account == null
                    ? Optional.empty()
                    : Optional.of(new StaffMember(account, roles == null ? Set.of() : new HashSet<>(roles)));
        } catch (BadJwtException e) {
            return Optional.empty();
        } catch (JwtException e) {
            throw new ApiProblem(ProblemCode.UNAVAILABLE, "The keys of staff tokens cannot be had right now.")
                    .retryAfter(Duration.ofSeconds(2));
        }
    }
}
