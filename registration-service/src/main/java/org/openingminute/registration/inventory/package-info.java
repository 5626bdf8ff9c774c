/** What is limited, how much of it is left, and what an order takes of it. */
@NullMarked
package org.openingminute.registration.inventory;

import org.jspecify.annotations.NullMarked;
