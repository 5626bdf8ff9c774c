/** An OpenID Connect issuer for tests. */
@NullMarked
package org.openingminute.identity;

import org.jspecify.annotations.NullMarked;
