/** The one public entry: shared parts, and the start. */
@NullMarked
package org.openingminute.gateway;

import org.jspecify.annotations.NullMarked;
