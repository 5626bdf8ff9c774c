/** A service's edge, written once: what every service does in the same way, without business logic. */
@NullMarked
package org.openingminute.kit;

import org.jspecify.annotations.NullMarked;
