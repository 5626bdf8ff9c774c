/** Many changes in one transaction: what arrives during one commit is the next batch. */
@NullMarked
package org.openingminute.messaging.batch;

import org.jspecify.annotations.NullMarked;
