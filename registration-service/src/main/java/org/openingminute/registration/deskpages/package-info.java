/** The pages for staff: their frame, which the pages of other packages use as well, and those that show what the desk's index finds. */
@NullMarked
package org.openingminute.registration.deskpages;

import org.jspecify.annotations.NullMarked;
