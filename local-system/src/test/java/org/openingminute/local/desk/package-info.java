/** The desk of a conference with very many registrations: how quick it is, what its files hold, and what it takes from the sale. */
@NullMarked
package org.openingminute.local.desk;

import org.jspecify.annotations.NullMarked;
