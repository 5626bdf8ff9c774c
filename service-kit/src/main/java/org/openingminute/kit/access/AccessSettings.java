package org.openingminute.kit.access;

/**
 * The settings needed to identify callers; a bean that each service fills from its own settings. Immutable.
 *
 * @param publicUrl the public URL of the gateway, without a trailing slash
 * @param tokenKeys see {@link AccessTokens#of}
 * @param staffJwksUri where the keys of staff tokens are; if it is blank, nobody is staff
 * @param staffIssuer the {@code iss} that staff tokens must bear
 */
public record AccessSettings(String publicUrl, String tokenKeys, String staffJwksUri, String staffIssuer) {}
