/** Admission: executes all changes of registrations and limits, in batches under one lock per conference. */
@NullMarked
package org.openingminute.registration.admission;

import org.jspecify.annotations.NullMarked;
