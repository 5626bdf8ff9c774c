/** Proofs of categories: sent in, reviewed, accepted or refused, and the offer where one is refused. */
@NullMarked
package org.openingminute.registration.proofs;

import org.jspecify.annotations.NullMarked;
