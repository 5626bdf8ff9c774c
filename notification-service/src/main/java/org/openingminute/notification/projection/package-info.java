/** What this service heard of conferences, registrations and payments, kept as it was said last. */
@NullMarked
package org.openingminute.notification.projection;

import org.jspecify.annotations.NullMarked;
