/** The audit: acts of staff, written in their transactions and read by organisers. */
@NullMarked
package org.openingminute.messaging.audit;

import org.jspecify.annotations.NullMarked;
