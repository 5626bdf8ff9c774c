/** Subscriptions to topics of a conference: request, confirmation by mail, and one-click unsubscribing. */
@NullMarked
package org.openingminute.notification.subscription;

import org.jspecify.annotations.NullMarked;
