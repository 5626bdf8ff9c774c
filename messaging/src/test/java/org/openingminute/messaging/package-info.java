/** Tests of the library, on a real PostgreSQL and a real broker. */
@NullMarked
package org.openingminute.messaging;

import org.jspecify.annotations.NullMarked;
