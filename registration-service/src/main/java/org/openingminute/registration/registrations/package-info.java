/** Registrations over HTTP, and what the topics bring about them. */
@NullMarked
package org.openingminute.registration.registrations;

import org.jspecify.annotations.NullMarked;
