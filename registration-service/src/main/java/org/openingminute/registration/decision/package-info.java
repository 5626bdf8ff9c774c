/** Decides each command of a conference's sale in memory, by the state that a batch has read. No input or output. */
@NullMarked
package org.openingminute.registration.decision;

import org.jspecify.annotations.NullMarked;
