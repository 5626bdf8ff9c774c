/** Bank transfers: which registrations they pay for, found by reference, amount and name; and marked as paid by a person. */
@NullMarked
package org.openingminute.registration.transfers;

import org.jspecify.annotations.NullMarked;
