package org.openingminute.gateway.staff;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.access.StaffTrust;
import org.springframework.stereotype.Component;
import org.springframework.util.ConcurrentLruCache;

/**
 * Issues staff tokens, which services accept, and signs the cookies of browsers, which no service accepts, because they have another type.
 * All gateways have the same key. Thread-safe.
 */
@Component
public final class StaffTokenIssuer {

    private static final Duration LIFETIME = Duration.ofMinutes(15);
    private static final int SEALING_BYTES = 32;
    private static final int MOST_KEPT = 1_000;

    private final ECKey key;
    private final SecretKey sealing;
    private final StaffTrust trust;
    private final Clock clock;
    private final ConcurrentLruCache<SessionMinute, Issued> issued =
            new ConcurrentLruCache<>(MOST_KEPT, one -> issue(one.member(), one.session()));

    /** A minute in which a member uses a session. */
    private record SessionMinute(Member member, UUID session, Instant minute) {}

    /** @throws IllegalArgumentException if the key is invalid */
    StaffTokenIssuer(GatewaySettings settings, Clock clock) {
        this.key = StaffKey.read(settings.staff().signingKey());
        this.sealing = sealing(key);
        this.trust = settings.staffTrust();
        this.clock = clock;
    }

    /** A token and its properties, as the contract returns them. */
    public record Issued(String accessToken, Instant expiresAt, List<String> roles) {}

    /** The public key. */
    JWKSet published() {
        return new JWKSet(key.toPublicJWK());
    }

    /** Issues a staff token for 15 minutes, outside of a browser session. */
    public Issued issue(Member member) {
        return issue(member, null);
    }

    /**
     * Returns a staff token for a request of a browser session, valid for at least 14 minutes: the same one within a minute, so that
     * neither is a token signed for each request nor does a service have to verify it each time.
     */
    public Issued forSession(Member member, UUID session) {
        return issued.get(new SessionMinute(member, session, clock.instant().truncatedTo(ChronoUnit.MINUTES)));
    }

    private Issued issue(Member member, @Nullable UUID session) {
        Instant now = now();
        Instant expiresAt = now.plus(LIFETIME);
        JWTClaimsSet.Builder claims = claims(member)
                .claim("sid", session == null ? null : session.toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(expiresAt));
        return new Issued(signed(null, claims), expiresAt, roles(member));
    }

    /** The present time in whole seconds, the precision of a token's times. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** The claims that describe a member. */
    public static JWTClaimsSet.Builder claims(Member member) {
        return new JWTClaimsSet.Builder()
                .subject(member.person().subject())
                .claim("name", member.person().name())
                .claim("email", member.email())
                .claim("roles", roles(member));
    }

    /** The member whom claims of {@link #claims} describe. */
    public static Member member(JWTClaimsSet claims) {
        @Nullable Object name = claims.getClaim("name");
        Set<Role.Grant> roles = new HashSet<>();
        if (claims.getClaim("roles") instanceof Collection<?> names) {
            names.forEach(role -> Role.Grant.read(String.valueOf(role)).ifPresent(roles::add));
        }
        return new Member(
                new Person(claims.getSubject(), name == null ? "" : name.toString()),
                claims.getClaim("email") instanceof String email ? email : null,
                roles);
    }

    private static List<String> roles(Member member) {
        return member.grants().stream().map(Role.Grant::wireName).sorted().toList();
    }

    /** Signs claims, which must have an expiry, as a token of a type. */
    public String sign(String type, JWTClaimsSet.Builder claims) {
        return signed(new JOSEObjectType(type), claims);
    }

    /** Verifies a token of a type; empty if {@link #sign} did not sign it, or it has expired. */
    public Optional<JWTClaimsSet> read(String type, String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            return jwt.verify(new ECDSAVerifier(key)) ? good(type, jwt) : Optional.empty();
        } catch (ParseException | JOSEException _) {
            return Optional.empty();
        }
    }

    /** Encrypts claims, which must have an expiry, so that the holder can neither read nor change them. */
    public String seal(String type, JWTClaimsSet.Builder claims) {
        EncryptedJWT token = new EncryptedJWT(
                new JWEHeader.Builder(JWEAlgorithm.DIR, EncryptionMethod.A256GCM)
                        .type(new JOSEObjectType(type))
                        .build(),
                claims.audience(trust.audience()).build());
        try {
            token.encrypt(new DirectEncrypter(sealing));
        } catch (JOSEException e) {
            throw new IllegalStateException("the key that was derived at the start cannot encrypt", e);
        }
        return token.serialize();
    }

    /** Decrypts a token of a type; empty if {@link #seal} did not encrypt it, or it has expired. */
    public Optional<JWTClaimsSet> open(String type, String token) {
        try {
            EncryptedJWT jwt = EncryptedJWT.parse(token);
            jwt.decrypt(new DirectDecrypter(sealing));
            return good(type, jwt);
        } catch (ParseException | JOSEException _) {
            return Optional.empty();
        }
    }

    private Optional<JWTClaimsSet> good(String type, JWT jwt) throws ParseException {
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        boolean good = new JOSEObjectType(type).equals(jwt.getHeader().getType())
                && claims.getAudience().contains(trust.audience())
                && claims.getExpirationTime() != null
                && claims.getExpirationTime().toInstant().isAfter(clock.instant());
        return good ? Optional.of(claims) : Optional.empty();
    }

    /** Derives the encryption key from the signing key (RFC 5869), so that all gateways have it. */
    private static SecretKey sealing(ECKey key) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            "AES",
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(key.getD().decode())
                                    .thenExpand("staff-request".getBytes(StandardCharsets.US_ASCII), SEALING_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HKDF with SHA-256", e);
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
