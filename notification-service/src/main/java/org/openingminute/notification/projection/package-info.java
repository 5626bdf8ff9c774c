/** The projections of conferences, registrations and payments: their newest received states. */
@NullMarked
package org.openingminute.notification.projection;

import org.jspecify.annotations.NullMarked;
