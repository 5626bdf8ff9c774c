/** The waiting room as pure logic: the control law that decides when numbers are called, draws, places and their standing. */
@NullMarked
package org.openingminute.gateway.room;

import org.jspecify.annotations.NullMarked;
