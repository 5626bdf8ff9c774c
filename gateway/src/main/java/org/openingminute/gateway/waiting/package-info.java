/** The waiting room as it runs: what is asked, counted and kept each second, and what its visitors meet: API, page, cookies, filter. */
@NullMarked
package org.openingminute.gateway.waiting;

import org.jspecify.annotations.NullMarked;
