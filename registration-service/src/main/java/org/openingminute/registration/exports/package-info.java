/** Files for spreadsheets, sent while registrations are read, and what stands in which column. */
@NullMarked
package org.openingminute.registration.exports;

import org.jspecify.annotations.NullMarked;
