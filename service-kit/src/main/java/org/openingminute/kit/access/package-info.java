/** Who is calling: tokens of registrants and of staff, and the order in which they are refused. */
@NullMarked
package org.openingminute.kit.access;

import org.jspecify.annotations.NullMarked;
