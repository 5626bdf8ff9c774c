/** A provider for rehearsals, as strange to the rest of this service as a real one: reached over HTTP alone. */
@NullMarked
package org.openingminute.payment.sandbox;

import org.jspecify.annotations.NullMarked;
