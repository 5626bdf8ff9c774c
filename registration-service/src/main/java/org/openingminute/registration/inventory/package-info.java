/** The limits of a conference, the amounts left, and the amounts that an order needs. */
@NullMarked
package org.openingminute.registration.inventory;

import org.jspecify.annotations.NullMarked;
