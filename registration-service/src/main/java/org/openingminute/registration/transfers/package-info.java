/** Bank transfers: finds the registrations that a transfer may pay for, by reference, amount and name, and marks them as paid. */
@NullMarked
package org.openingminute.registration.transfers;

import org.jspecify.annotations.NullMarked;
