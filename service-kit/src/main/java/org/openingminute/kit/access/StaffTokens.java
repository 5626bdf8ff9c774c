package org.openingminute.kit.access;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.openingminute.kit.problem.Problem;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Verifies staff tokens: type ({@code JWT} or none, which no cookie of the gateway's has), signature, issuer, audience, and times
 * without any clock skew. Safe for use by many threads; blocks while an issuer's keys are fetched.
 */
public final class StaffTokens {

    private final NimbusJwtDecoder decoder;
    private final String rolesClaim;

    private StaffTokens(StaffTrust trust, JWKSource<SecurityContext> keys, Clock clock) {
        rolesClaim = trust.rolesClaim();
        decoder = NimbusJwtDecoder.withJwkSource(keys)
                .jwsAlgorithms(
                        algorithms -> algorithms.addAll(List.of(SignatureAlgorithm.ES256, SignatureAlgorithm.RS256)))
                .build();
        JwtTimestampValidator inTime = new JwtTimestampValidator(Duration.ZERO);
        inTime.setClock(clock);
        inTime.setAllowEmptyExpiryClaim(false);
        decoder.setJwtValidator(JwtValidators.createDefaultWithValidators(
                List.of(inTime, new JwtIssuerValidator(trust.issuer()), forUs(trust))));
    }

    /** Verifies by keys that are at hand. */
    public static StaffTokens of(StaffTrust trust, JWKSet keys, Clock clock) {
        return new StaffTokens(trust, new ImmutableJWKSet<>(keys), clock);
    }

    /** Verifies by the keys that the issuer publishes, fetched when the first token comes. */
    public static StaffTokens fetchingKeys(StaffTrust trust, Clock clock) {
        return trust.keysUri().isBlank()
                ? of(trust, new JWKSet(), clock)
                : new StaffTokens(trust, new IssuerKeys(trust.keysUrl(), clock), clock);
    }

    private static OAuth2TokenValidator<Jwt> forUs(StaffTrust trust) {
        JwtAudienceValidator audience = new JwtAudienceValidator(trust.audience());
        return trust.audienceOptional()
                ? token -> token.getAudience() == null ? OAuth2TokenValidatorResult.success() : audience.validate(token)
                : audience;
    }

    /**
     * The member of staff to whom a token belongs; empty for an invalid token.
     *
     * @throws Problem {@code unavailable} if the keys cannot be had
     */
    public Optional<Caller.Staff> verify(String token) {
        try {
            Jwt jwt = decoder.decode(token);
            return person(jwt)
                    .map(person -> new Caller.Staff(
                            person, grants(jwt), requireNonNull(jwt.getExpiresAt(), "a token without an end is bad")));
        } catch (BadJwtException _) {
            return Optional.empty();
        } catch (JwtException _) {
            throw Problem.unavailable("Sign-in cannot be checked at the moment.")
                    .because("sign-in-unchecked");
        }
    }

    /** Tokens of the version before have no name. */
    private static Optional<Person> person(Jwt jwt) {
        String name = jwt.getClaims().get("name") instanceof String text ? text : "";
        return Optional.ofNullable(jwt.getSubject())
                .filter(subject -> !subject.isBlank())
                .map(subject -> new Person(subject, name));
    }

    private Set<Role.Grant> grants(Jwt jwt) {
        Collection<?> names = switch (jwt.getClaims().get(rolesClaim)) {
            case Collection<?> several -> several;
            case String one -> List.of(one);
            case null, default -> List.of();
        };
        return names.stream()
                .flatMap(name -> Role.Grant.read(String.valueOf(name)).stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
