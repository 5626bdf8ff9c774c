/** Who is calling, and what that caller may see. */
@NullMarked
package org.openingminute.registration.access;

import org.jspecify.annotations.NullMarked;
