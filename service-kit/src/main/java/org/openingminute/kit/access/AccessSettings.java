package org.openingminute.kit.access;

/**
 * What is needed to tell who is calling; a bean that each service fills from its own settings. Immutable.
 *
 * @param publicUrl how the outside sees the gateway, no slash at the end
 * @param tokenKeys see {@link AccessTokens#of}
 * @param staffJwksUri where the keys of staff tokens are; nobody is staff where it is blank
 * @param staffIssuer the {@code iss} that staff tokens must bear
 */
public record AccessSettings(String publicUrl, String tokenKeys, String staffJwksUri, String staffIssuer) {}
