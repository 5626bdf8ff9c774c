package org.openingminute.gateway.status;

/**
 * What this gateway was built from, as far as the build knew it: outside a checkout there is no commit.
 *
 * @param builtAt RFC 3339 in UTC
 */
record Build(String version, String commit, String builtAt) {}
