/** How much one client may ask for: a bucket for each token and each address, and turns where an address's bucket is empty. */
@NullMarked
package org.openingminute.gateway.limits;

import org.jspecify.annotations.NullMarked;
