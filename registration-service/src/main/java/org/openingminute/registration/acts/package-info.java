/** What staff do to one registration: by API and in a browser, done or only foreseen. */
@NullMarked
package org.openingminute.registration.acts;

import org.jspecify.annotations.NullMarked;
