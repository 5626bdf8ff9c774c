/** Everything that changes a registration or a limit: many at once, one conference at a time, under one lock. */
@NullMarked
package org.openingminute.registration.admission;

import org.jspecify.annotations.NullMarked;
