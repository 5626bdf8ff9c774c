/** The waiting room: by which law its numbers are called, from counters alone. */
@NullMarked
package org.openingminute.gateway.room;

import org.jspecify.annotations.NullMarked;
