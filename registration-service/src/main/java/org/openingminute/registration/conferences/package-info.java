/** Conferences, as organisers define them and as the public sees them. */
@NullMarked
package org.openingminute.registration.conferences;

import org.jspecify.annotations.NullMarked;
