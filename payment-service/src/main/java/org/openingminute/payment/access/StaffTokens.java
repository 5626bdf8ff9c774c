package org.openingminute.payment.access;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.payment.web.Problem;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Verifies the tokens of staff, against the keys of whoever signs them. Safe for use by all threads. */
final class StaffTokens {

    private final @Nullable NimbusJwtDecoder decoder;

    /** @param jwksUri where the signer's keys are; {@code null} where no staff token is taken */
    StaffTokens(@Nullable String jwksUri, String issuer) {
        if (jwksUri == null) {
            this.decoder = null;
            return;
        }
        NimbusJwtDecoder made = NimbusJwtDecoder.withJwkSetUri(jwksUri)
                .jwsAlgorithm(SignatureAlgorithm.ES256)
                .jwsAlgorithm(SignatureAlgorithm.RS256)
                .build();
        made.setJwtValidator(JwtValidators.createDefaultWithIssuer(issuer));
        this.decoder = made;
    }

    /**
     * Who the token's bearer is, if it is a good one.
     *
     * @throws Problem if the signer's keys cannot be read at the moment
     */
    Optional<Caller> verify(String token) {
        if (decoder == null) {
            return Optional.empty();
        }
        try {
            Jwt jwt = decoder.decode(token);
            List<String> roles = jwt.getClaimAsStringList("roles");
            return Optional.of(new Caller.Staff(
                    jwt.getSubject() == null ? "" : jwt.getSubject(), roles == null ? Set.of() : Set.copyOf(roles)));
        } catch (BadJwtException _) {
            return Optional.empty();
        } catch (JwtException _) {
            throw Problem.unavailable("Sign-in cannot be checked at the moment.", Duration.ofSeconds(2));
        }
    }
}
