/**
 * Authentication of staff at the gateway: local accounts, sign-in throttling, staff tokens and their keys, and the frame of the gateway's
 * pages for staff.
 */
@NullMarked
package org.openingminute.gateway.staff;

import org.jspecify.annotations.NullMarked;
