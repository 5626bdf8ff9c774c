/** Decides the commands of a conference's sale in memory, on the state that a batch has read. No input or output. */
@NullMarked
package org.openingminute.registration.decision;

import org.jspecify.annotations.NullMarked;
