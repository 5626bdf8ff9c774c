/**
 * The desk's HTML pages: their frame, which other packages' pages use as well, the overview, list, registration and needs pages, which read
 * the desk's index, and the waiting room's settings.
 */
@NullMarked
package org.openingminute.registration.deskpages;

import org.jspecify.annotations.NullMarked;
