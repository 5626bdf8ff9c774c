/** Puts load on something that sells, and notes what it answers, how late, and what it costs. */
@NullMarked
package org.openingminute.local.load;

import org.jspecify.annotations.NullMarked;
