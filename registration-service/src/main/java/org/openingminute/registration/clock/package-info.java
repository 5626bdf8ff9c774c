/** Business time: the machine's, moved in a rehearsal. */
@NullMarked
package org.openingminute.registration.clock;

import org.jspecify.annotations.NullMarked;
