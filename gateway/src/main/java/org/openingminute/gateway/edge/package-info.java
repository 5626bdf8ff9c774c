/**
 * The edge of the gateway, which every request passes first: request ids, path and size checks, security headers, error bodies and the
 * access log.
 */
@NullMarked
package org.openingminute.gateway.edge;

import org.jspecify.annotations.NullMarked;
