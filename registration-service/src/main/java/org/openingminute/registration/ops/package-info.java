/** The operators' part of this service. */
@NullMarked
package org.openingminute.registration.ops;

import org.jspecify.annotations.NullMarked;
