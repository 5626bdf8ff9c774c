/** Batched commits: the changes that arrive during one commit form the next transaction. */
@NullMarked
package org.openingminute.messaging.batch;

import org.jspecify.annotations.NullMarked;
