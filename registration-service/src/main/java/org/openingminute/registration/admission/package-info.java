/** Admission: all changes of registrations and limits, in batches under one lock for each conference. */
@NullMarked
package org.openingminute.registration.admission;

import org.jspecify.annotations.NullMarked;
