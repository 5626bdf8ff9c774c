/** What is known about the system as a whole: health, version, and the operators' view. */
@NullMarked
package org.openingminute.gateway.status;

import org.jspecify.annotations.NullMarked;
