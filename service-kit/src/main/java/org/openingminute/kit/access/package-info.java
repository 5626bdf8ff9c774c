/** Authentication: tokens of registrants and of staff, and the order of refusals. */
@NullMarked
package org.openingminute.kit.access;

import org.jspecify.annotations.NullMarked;
