/** The ledger for those who keep a conference's accounts: its postings as files, by days of the conference's zone. */
@NullMarked
package org.openingminute.payment.ledger;

import org.jspecify.annotations.NullMarked;
