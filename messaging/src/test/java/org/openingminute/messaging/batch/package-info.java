/** Tests of batches, on a real PostgreSQL. */
@NullMarked
package org.openingminute.messaging.batch;

import org.jspecify.annotations.NullMarked;
