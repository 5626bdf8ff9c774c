/** Which path goes to which service, with what headers, within what time, and what happens if it does not answer. */
@NullMarked
package org.openingminute.gateway.routing;

import org.jspecify.annotations.NullMarked;
