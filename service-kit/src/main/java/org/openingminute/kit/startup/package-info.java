/** Checks of a service's configuration at start, before it connects to database or broker, and the drain before it stops. */
@NullMarked
package org.openingminute.kit.startup;

import org.jspecify.annotations.NullMarked;
