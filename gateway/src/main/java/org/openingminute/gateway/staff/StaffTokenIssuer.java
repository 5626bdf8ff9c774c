package org.openingminute.gateway.staff;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.openingminute.kit.access.Role;
import org.openingminute.kit.access.StaffTrust;

/** Makes the tokens of the built-in accounts. */
final class StaffTokenIssuer {

    private static final Duration LIFETIME = Duration.ofMinutes(15);

    private final ECKey key;
    private final StaffTrust trust;
    private final Clock clock;

    StaffTokenIssuer(ECKey key, StaffTrust trust, Clock clock) {
        this.key = key;
        this.trust = trust;
        this.clock = clock;
    }

    record Issued(String accessToken, Instant expiresAt, List<String> roles) {}

    Issued issue(Role account) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expiresAt = now.plus(LIFETIME);
        List<String> roles = List.of(account.wireName());
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder()
                        .issuer(trust.issuer())
                        .audience(trust.audience())
                        .subject(account.wireName())
                        .claim("roles", roles)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(expiresAt))
                        .build());
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("the signing key that was read at the start cannot sign", e);
        }
        return new Issued(token.serialize(), expiresAt, roles);
    }
}
