/** Which instances of a service there are, and whose turn it is. */
@NullMarked
package org.openingminute.gateway.instances;

import org.jspecify.annotations.NullMarked;
