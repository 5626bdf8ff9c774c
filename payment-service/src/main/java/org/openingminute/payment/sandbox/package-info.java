/**
 * A provider for rehearsals. Like a real one, it is separate from the rest of this service and reached only over HTTP.
 */
@NullMarked
package org.openingminute.payment.sandbox;

import org.jspecify.annotations.NullMarked;
