/** What this instance knows by heart, so that it need not ask the database: definitions, first answers, and each "no" that holds. */
@NullMarked
package org.openingminute.registration.memory;

import org.jspecify.annotations.NullMarked;
