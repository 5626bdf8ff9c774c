/** Registrations from the click to the mail, by many clients in parallel, and their cost. */
@NullMarked
package org.openingminute.local.flow;

import org.jspecify.annotations.NullMarked;
