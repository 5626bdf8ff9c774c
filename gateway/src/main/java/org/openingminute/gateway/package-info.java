/** The one public door: what its parts share, and where it starts. */
@NullMarked
package org.openingminute.gateway;

import org.jspecify.annotations.NullMarked;
