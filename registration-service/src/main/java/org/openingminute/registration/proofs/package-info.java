/** Proofs of attendees' categories: upload, review by organisers, and the offer to a registrant whose proof was refused. */
@NullMarked
package org.openingminute.registration.proofs;

import org.jspecify.annotations.NullMarked;
