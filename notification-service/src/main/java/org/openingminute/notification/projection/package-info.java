/** The newest states received of conferences, registrations and payments. */
@NullMarked
package org.openingminute.notification.projection;

import org.jspecify.annotations.NullMarked;
