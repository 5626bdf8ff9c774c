/** What operators reach of this service. */
@NullMarked
package org.openingminute.registration.operators;

import org.jspecify.annotations.NullMarked;
