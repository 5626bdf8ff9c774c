package org.openingminute.kit.access;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;

/**
 * Whose staff tokens are accepted: the gateway's own or, by the gateway alone, those that an OpenID Connect issuer made for this
 * system. Immutable.
 *
 * @param keysUri where the issuer's keys are; if it is blank, nobody is staff
 * @param issuer the {@code iss} that tokens must bear
 * @param audience one {@code aud} that tokens must bear
 * @param audienceOptional true for the gateway's own tokens: those of the version before bear no {@code aud}, and live for
 *     15 minutes beside or after an upgrade
 * @param rolesClaim the claim that names a member's roles
 */
public record StaffTrust(String keysUri, String issuer, String audience, boolean audienceOptional, String rolesClaim) {

    private static final String ROLES = "roles";

    /** @throws IllegalArgumentException if {@code keysUri} is neither blank nor a URL */
    public StaffTrust {
        if (!keysUri.isBlank()) {
            url(keysUri);
        }
    }

    /** No staff token is accepted. */
    public static final StaffTrust NONE = new StaffTrust("", "", "", false, ROLES);

    /**
     * The gateway's own tokens, which are for the system with that public URL.
     *
     * @param issuer the {@code iss} that they bear; the public URL if blank
     */
    public static StaffTrust ofGateway(String publicUrl, String issuer, String keysUri) {
        return new StaffTrust(keysUri, issuer.isBlank() ? publicUrl : issuer, publicUrl, true, ROLES);
    }

    /**
     * The tokens that an OpenID Connect issuer made for this system.
     *
     * @param issuer the {@code iss} that they bear
     * @param audience the name by which the issuer knows this system
     * @param rolesClaim the claim that names a member's roles
     * @throws IllegalArgumentException if one is missing, because among an issuer's tokens are those of other clients
     */
    public static StaffTrust ofIssuer(String issuer, String audience, String keysUri, String rolesClaim) {
        if (audience.isBlank()) {
            throw new IllegalArgumentException("OIDC_AUDIENCE is missing: OIDC_ISSUER needs it");
        }
        if (issuer.isBlank()) {
            throw new IllegalArgumentException("OIDC_ISSUER is missing: OIDC_AUDIENCE needs it");
        }
        if (keysUri.isBlank()) {
            throw new IllegalArgumentException("STAFF_JWKS_URI is missing: OIDC_ISSUER needs it");
        }
        return new StaffTrust(keysUri, issuer, audience, false, rolesClaim);
    }

    /** Where the issuer's keys are. */
    URL keysUrl() {
        return url(keysUri);
    }

    private static URL url(String uri) {
        try {
            return URI.create(uri).toURL();
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw new IllegalArgumentException("STAFF_JWKS_URI is not a web address", e);
        }
    }
}
