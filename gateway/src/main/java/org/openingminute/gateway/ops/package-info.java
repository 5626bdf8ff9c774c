/** What operators do through the gateway: it asks all services, and joins what they say. */
@NullMarked
package org.openingminute.gateway.ops;

import org.jspecify.annotations.NullMarked;
