package org.openingminute.kit.access;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;

/**
 * The issuer whose staff tokens are accepted. Services accept only the gateway's own; the gateway may also accept those of an OpenID
 * Connect issuer. Immutable.
 *
 * @param keysUri the URL of the issuer's keys; if blank, no staff token is accepted
 * @param issuer the {@code iss} that tokens must carry
 * @param audience an {@code aud} that tokens must carry
 * @param audienceOptional true for the gateway's own tokens: those of the previous version carry no {@code aud}, and may still be in
 *     use for 15 minutes after an upgrade
 * @param rolesClaim the claim that lists the roles
 */
public record StaffTrust(String keysUri, String issuer, String audience, boolean audienceOptional, String rolesClaim) {

    private static final String ROLES = "roles";

    /** @throws IllegalArgumentException if {@code keysUri} is neither blank nor a URL */
    public StaffTrust {
        if (!keysUri.isBlank()) {
            url(keysUri);
        }
    }

    /** Accepts no staff token. */
    public static final StaffTrust NONE = new StaffTrust("", "", "", false, ROLES);

    /**
     * Trust in the gateway's own tokens.
     *
     * @param issuer the {@code iss} that they carry; the public URL if blank
     */
    public static StaffTrust ofGateway(String publicUrl, String issuer, String keysUri) {
        return new StaffTrust(keysUri, issuer.isBlank() ? publicUrl : issuer, publicUrl, true, ROLES);
    }

    /**
     * Trust in the tokens that an OpenID Connect issuer makes for this system.
     *
     * @param issuer the {@code iss} that they carry
     * @param audience this system's name at the issuer
     * @param rolesClaim the claim that lists the roles
     * @throws IllegalArgumentException if a value is missing: without an audience, tokens made for the issuer's other clients would be
     *     accepted
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

    /** The URL of the issuer's keys. */
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
