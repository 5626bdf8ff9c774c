/** The life of a registration: its states, triggers and transitions, its tickets, and the events it publishes. No input or output. */
@NullMarked
package org.openingminute.registration.lifecycle;

import org.jspecify.annotations.NullMarked;
