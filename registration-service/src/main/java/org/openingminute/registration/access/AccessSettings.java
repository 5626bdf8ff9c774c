package org.openingminute.registration.access;

/**
 * What is needed to tell who is calling.
 *
 * @param publicUrl how the outside sees the gateway, no slash at the end
 * @param tokenKeys see {@link AccessTokens}
 * @param staffJwksUri where the keys of staff tokens are
 * @param staffIssuer the {@code iss} that staff tokens must bear
 */
public record AccessSettings(String publicUrl, String tokenKeys, String staffJwksUri, String staffIssuer) {}
