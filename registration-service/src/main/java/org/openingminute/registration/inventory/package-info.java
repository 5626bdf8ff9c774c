/** The limits of a conference, how much of them is left, and what an order needs of them. */
@NullMarked
package org.openingminute.registration.inventory;

import org.jspecify.annotations.NullMarked;
