/** A service's edge, once: what every service of the system does in one way, and nothing of what it is for. */
@NullMarked
package org.openingminute.kit;

import org.jspecify.annotations.NullMarked;
