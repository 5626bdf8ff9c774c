package org.openingminute.kit.access;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
import org.springframework.util.ConcurrentLruCache;

/**
 * Verifies staff tokens: type ({@code JWT} or none, so that no session cookie of the gateway passes), signature, issuer, audience and
 * times, without clock skew. The signature of a valid token is not verified again within a minute, since a page that reloads a part of itself
 * sends it every two seconds; its expiry, and whether its key is still published, are checked each time. Thread-safe; blocks while an issuer's
 * keys are fetched.
 */
public final class StaffTokens {

    private static final long KEPT = Duration.ofMinutes(1).toNanos();
    private static final int MOST_KEPT = 1_000;

    private final NimbusJwtDecoder decoder;
    private final String rolesClaim;
    private final JWKSource<SecurityContext> keys;
    private final Clock clock;
    private final ConcurrentLruCache<String, VerifiedToken> verified =
            new ConcurrentLruCache<>(MOST_KEPT, this::verifyAnew);

    /**
     * @param staff {@code null} if the token has no subject
     * @param keyId {@code null} if the token names no key
     */
    private record VerifiedToken(
            Caller.@Nullable Staff staff, @Nullable String keyId, Instant expiresAt, long at) {}

    StaffTokens(StaffTrust trust, JWKSource<SecurityContext> keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
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

    /** Verifies with a given set of keys. */
    public static StaffTokens of(StaffTrust trust, JWKSet keys, Clock clock) {
        return new StaffTokens(trust, new ImmutableJWKSet<>(keys), clock);
    }

    /** Verifies with the keys that the issuer publishes; they are fetched when the first token arrives. */
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
     * Verifies a token and returns its member of staff; empty for an invalid token.
     *
     * @throws Problem {@code unavailable} if the issuer's keys cannot be fetched
     */
    public Optional<Caller.Staff> verify(String token) {
        try {
            if (verified.contains(token) && !isStillValid(verified.get(token))) {
                verified.remove(token);
            }
            return Optional.ofNullable(verified.get(token).staff());
        } catch (BadJwtException _) {
            return Optional.empty();
        } catch (JwtException _) {
            throw Problem.unavailable("Sign-in cannot be checked at the moment.")
                    .because("sign-in-unchecked");
        }
    }

    private boolean isStillValid(VerifiedToken known) {
        return System.nanoTime() - known.at() < KEPT
                && clock.instant().isBefore(known.expiresAt())
                && known.keyId() != null
                && isPublished(known.keyId());
    }

    private boolean isPublished(String keyId) {
        try {
            return !keys.get(
                            new JWKSelector(
                                    new JWKMatcher.Builder().keyID(keyId).build()),
                            null)
                    .isEmpty();
        } catch (KeySourceException _) {
            return false;
        }
    }

    private VerifiedToken verifyAnew(String token) {
        Jwt jwt = decoder.decode(token);
        Instant expiresAt = requireNonNull(jwt.getExpiresAt(), "a token without an end is bad");
        return new VerifiedToken(
                person(jwt)
                        .map(person -> new Caller.Staff(person, grants(jwt), expiresAt))
                        .orElse(null),
                jwt.getHeaders().get("kid") instanceof String id ? id : null,
                expiresAt,
                System.nanoTime());
    }

    /** Tokens of the previous version carry no name. */
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
