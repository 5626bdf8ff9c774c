/** Tests of reading, on a real PostgreSQL and a real broker. */
@NullMarked
package org.openingminute.messaging.inbox;

import org.jspecify.annotations.NullMarked;
