/** The edge, which every request passes first: ids, suspicious paths, size, security headers, the access log. */
@NullMarked
package org.openingminute.gateway.edge;

import org.jspecify.annotations.NullMarked;
