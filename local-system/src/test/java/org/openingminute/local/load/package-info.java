/** Puts load on a candidate that sells, and measures its responses, their times and their cost. */
@NullMarked
package org.openingminute.local.load;

import org.jspecify.annotations.NullMarked;
