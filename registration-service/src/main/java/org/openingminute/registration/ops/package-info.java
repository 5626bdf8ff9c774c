/** Operations of this service: status, load shedding, rehearsals, topics, clean-up and ended staff sessions. */
@NullMarked
package org.openingminute.registration.ops;

import org.jspecify.annotations.NullMarked;
