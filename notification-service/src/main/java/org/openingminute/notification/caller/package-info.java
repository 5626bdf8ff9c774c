/** Who is calling: a registrant with an access token, or staff. */
@NullMarked
package org.openingminute.notification.caller;

import org.jspecify.annotations.NullMarked;
