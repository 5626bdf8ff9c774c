/** Sign-in of the built-in accounts, the keys of their tokens, and the check of a token. */
@NullMarked
package org.openingminute.gateway.staff;

import org.jspecify.annotations.NullMarked;
