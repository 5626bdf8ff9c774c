/** Proofs of categories: sent in, reviewed, accepted or refused, and the offer after a refused one. */
@NullMarked
package org.openingminute.registration.proofs;

import org.jspecify.annotations.NullMarked;
