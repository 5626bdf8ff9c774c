/** How far behind things are. */
@NullMarked
package org.openingminute.messaging.status;

import org.jspecify.annotations.NullMarked;
