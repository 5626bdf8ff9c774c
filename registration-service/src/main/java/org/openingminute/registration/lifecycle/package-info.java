/** What becomes of a registration: its states, what moves it, and what is said when it moves. No input or output. */
@NullMarked
package org.openingminute.registration.lifecycle;

import org.jspecify.annotations.NullMarked;
