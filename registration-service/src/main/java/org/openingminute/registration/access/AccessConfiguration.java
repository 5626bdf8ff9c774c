package org.openingminute.registration.access;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    @Bean
    AccessTokens accessTokens(AccessSettings settings) {
        return new AccessTokens(settings.tokenKeys());
    }

    /** The keys are fetched when the first staff token comes, and again for a key id that is not known. */
    @Bean
    JwtDecoder staffTokens(AccessSettings settings) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(settings.staffJwksUri())
                .jwsAlgorithm(SignatureAlgorithm.ES256)
                .jwsAlgorithm(SignatureAlgorithm.RS256)
                .build();
        decoder.setJwtValidator(JwtValidators.createDefaultWithIssuer(settings.staffIssuer()));
        return decoder;
    }
}
