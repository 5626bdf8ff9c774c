/** The waiting room: by which law its numbers are called, and the places that bear them. */
@NullMarked
package org.openingminute.gateway.room;

import org.jspecify.annotations.NullMarked;
