package org.openingminute.registration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * This service's own configuration; the variables are in {@code docs/interfaces.md}.
 *
 * @param mode {@code rehearsal} or {@code deployed}
 * @param publicUrl how the outside sees the gateway, no slash at the end
 * @param accessTokenKeys {@code id:base64url-secret}, comma separated
 * @param ticketKeys {@code id:base64url-seed}, comma separated
 * @param staffJwksUri where the keys of staff tokens are
 * @param staffIssuer the {@code iss} that staff tokens must bear
 */
@ConfigurationProperties("registration")
public record Settings(
        @DefaultValue("deployed") Mode mode,
        String publicUrl,
        String accessTokenKeys,
        String ticketKeys,
        String staffJwksUri,
        String staffIssuer) {

    /** What the system is for. */
    public enum Mode {
        /** A trial: the clock can be moved, the payment provider is a sandbox. */
        REHEARSAL,
        DEPLOYED
    }

    public Settings {
        if (publicUrl.isBlank() || publicUrl.endsWith("/")) {
            throw new IllegalArgumentException("PUBLIC_URL must be set, without a slash at its end");
        }
    }

    public boolean rehearsal() {
        return mode == Mode.REHEARSAL;
    }
}
