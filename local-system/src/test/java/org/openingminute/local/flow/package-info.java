/** One registration from the click to its mail, by many clients at once, and what it costs. */
@NullMarked
package org.openingminute.local.flow;

import org.jspecify.annotations.NullMarked;
