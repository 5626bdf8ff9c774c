/** Browsers that have signed in: the pages, the cookie, and the exchange of credentials for a staff token. */
@NullMarked
package org.openingminute.gateway.session;

import org.jspecify.annotations.NullMarked;
