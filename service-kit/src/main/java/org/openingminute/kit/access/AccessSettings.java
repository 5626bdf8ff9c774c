package org.openingminute.kit.access;

/**
 * What a service needs to identify callers. Each service fills it from its own settings and provides it as a bean. Immutable.
 *
 * @param publicUrl the public URL of the gateway, without a trailing slash
 * @param tokenKeys the keys of access tokens, in the form that {@link AccessTokens#of(String)} reads
 * @param staff the issuer whose staff tokens the service accepts
 */
public record AccessSettings(String publicUrl, String tokenKeys, StaffTrust staff) {}
