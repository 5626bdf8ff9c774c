/** What is there in a rehearsal alone: the clock that can be moved, and the conference that a new system opens with. */
@NullMarked
package org.openingminute.registration.rehearsal;

import org.jspecify.annotations.NullMarked;
