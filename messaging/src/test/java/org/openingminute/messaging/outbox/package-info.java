/** Tests of writing and relaying, on a real PostgreSQL and a real broker. */
@NullMarked
package org.openingminute.messaging.outbox;

import org.jspecify.annotations.NullMarked;
