/** Subscriptions to topics of a conference: request, confirmation by mail, and unsubscribing with one click. */
@NullMarked
package org.openingminute.notification.subscription;

import org.jspecify.annotations.NullMarked;
