/** People in front of a sale with a waiting room, as many as come when it opens. */
@NullMarked
package org.openingminute.local.room;

import org.jspecify.annotations.NullMarked;
