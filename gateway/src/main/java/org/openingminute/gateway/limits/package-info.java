/** Rate limits: a token bucket for each token and each address, and a fair queue for addresses whose bucket is empty. */
@NullMarked
package org.openingminute.gateway.limits;

import org.jspecify.annotations.NullMarked;
