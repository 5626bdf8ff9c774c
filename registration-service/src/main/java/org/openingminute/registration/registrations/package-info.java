/** Registrations over HTTP, and the events about them from the topics. */
@NullMarked
package org.openingminute.registration.registrations;

import org.jspecify.annotations.NullMarked;
