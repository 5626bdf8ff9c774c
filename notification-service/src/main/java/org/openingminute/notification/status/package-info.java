/** What an operator sees of this service. */
@NullMarked
package org.openingminute.notification.status;

import org.jspecify.annotations.NullMarked;
