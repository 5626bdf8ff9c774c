/** Downloads for spreadsheets: the columns of each file, streaming them while registrations are read, and the page that offers them. */
@NullMarked
package org.openingminute.registration.exports;

import org.jspecify.annotations.NullMarked;
