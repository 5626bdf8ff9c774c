/** Files for spreadsheets, sent while registrations are read: what stands in which column, and the page that leads to them. */
@NullMarked
package org.openingminute.registration.exports;

import org.jspecify.annotations.NullMarked;
