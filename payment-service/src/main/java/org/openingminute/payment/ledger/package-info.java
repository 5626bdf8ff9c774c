/** Money for those who keep a conference's accounts: the ledger's postings as files and pages, by days of the conference's time zone. */
@NullMarked
package org.openingminute.payment.ledger;

import org.jspecify.annotations.NullMarked;
