package org.openingminute.kit.access;

/**
 * The settings needed to identify callers; a bean that each service fills from its own settings. Immutable.
 *
 * @param publicUrl the public URL of the gateway, without a trailing slash
 * @param tokenKeys see {@link AccessTokens#of}
 * @param staff whose staff tokens are accepted
 */
public record AccessSettings(String publicUrl, String tokenKeys, StaffTrust staff) {}
