/** Browser sessions of staff: sign-in and sign-out pages, the session cookie, and the exchange of credentials for a staff token. */
@NullMarked
package org.openingminute.gateway.session;

import org.jspecify.annotations.NullMarked;
