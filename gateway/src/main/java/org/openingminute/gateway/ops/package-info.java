/** The operators' calls through the gateway: it calls all services, and joins their answers. */
@NullMarked
package org.openingminute.gateway.ops;

import org.jspecify.annotations.NullMarked;
