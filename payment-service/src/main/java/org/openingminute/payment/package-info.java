/** Payment service: takes payments and makes refunds through a provider, and keeps the ledger and the documents of both. */
@NullMarked
package org.openingminute.payment;

import org.jspecify.annotations.NullMarked;
