/** How a refusal is answered: RFC 9457 with a stable code. */
@NullMarked
package org.openingminute.notification.problem;

import org.jspecify.annotations.NullMarked;
