package org.openingminute.gateway.staff;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.stereotype.Component;

/**
 * Signs staff tokens, which services take, and the cookies of browsers, which no service takes, because their type is another. All
 * gateways have the key. Safe for use by many threads.
 */
@Component
public final class StaffTokenIssuer {

    private static final Duration LIFETIME = Duration.ofMinutes(15);

    private final ECKey key;
    private final StaffTrust trust;
    private final Clock clock;

    /** @throws IllegalArgumentException if the key cannot be used */
    StaffTokenIssuer(GatewaySettings settings, Clock clock) {
        this.key = StaffKey.read(settings.staff().signingKey());
        this.trust = settings.staffTrust();
        this.clock = clock;
    }

    /** A token for its holder, as the contract has it. */
    public record Issued(String accessToken, Instant expiresAt, List<String> roles) {}

    /** The public half of the key. */
    JWKSet published() {
        return new JWKSet(key.toPublicJWK());
    }

    /** A staff token of 15 minutes. */
    public Issued issue(Member member) {
        Instant now = now();
        Instant expiresAt = now.plus(LIFETIME);
        JWTClaimsSet.Builder claims = claims(member).issueTime(Date.from(now)).expirationTime(Date.from(expiresAt));
        return new Issued(signed(null, claims), expiresAt, roles(member));
    }

    /** The present second, which is as fine as a token's times are. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** The claims that say who a member is. */
    public static JWTClaimsSet.Builder claims(Member member) {
        return new JWTClaimsSet.Builder()
                .subject(member.person().subject())
                .claim("name", member.person().name())
                .claim("email", member.email())
                .claim("roles", roles(member));
    }

    /** Who it is that claims of {@link #claims} speak of. */
    public static Member member(JWTClaimsSet claims) {
        @Nullable Object name = claims.getClaim("name");
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (claims.getClaim("roles") instanceof Collection<?> names) {
            names.forEach(role -> Role.of(String.valueOf(role)).ifPresent(roles::add));
        }
        return new Member(
                new Person(claims.getSubject(), name == null ? "" : name.toString()),
                claims.getClaim("email") instanceof String email ? email : null,
                roles);
    }

    private static List<String> roles(Member member) {
        return member.roles().stream().map(Role::wireName).sorted().toList();
    }

    /** Signs claims, which have an end, as a token of that type. */
    public String sign(String type, JWTClaimsSet.Builder claims) {
        return signed(new JOSEObjectType(type), claims);
    }

    /** The claims of a token of that type that was signed by {@link #sign} and has not ended. */
    public Optional<JWTClaimsSet> read(String type, String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            boolean good = new JOSEObjectType(type).equals(jwt.getHeader().getType())
                    && jwt.verify(new ECDSAVerifier(key))
                    && claims.getAudience().contains(trust.audience())
                    && claims.getExpirationTime() != null
                    && claims.getExpirationTime().toInstant().isAfter(clock.instant());
            return good ? Optional.of(claims) : Optional.empty();
        } catch (ParseException | JOSEException _) {
            return Optional.empty();
        }
    }

    private String signed(@Nullable JOSEObjectType type, JWTClaimsSet.Builder claims) {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(type)
                        .keyID(key.getKeyID())
                        .build(),
                claims.issuer(trust.issuer()).audience(trust.audience()).build());
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("the signing key that was read at the start cannot sign", e);
        }
        return token.serialize();
    }
}
