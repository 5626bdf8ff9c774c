/** The audit of acts of staff: rows are written in the acts' own transactions and read by organisers. */
@NullMarked
package org.openingminute.messaging.audit;

import org.jspecify.annotations.NullMarked;
