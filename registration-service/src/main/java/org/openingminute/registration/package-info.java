/** The service that owns seats, registrations and the saga. */
@NullMarked
package org.openingminute.registration;

import org.jspecify.annotations.NullMarked;
