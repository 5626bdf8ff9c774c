/**
 * Messages between services: none is lost, those of one key stay in order, a repeated one is harmless, a bad one is parked.
 * This module contains no business term. {@code outbox} publishes, {@code inbox} consumes, {@code operations} shows the lag
 * and lets operators act; this package has what they share.
 */
@NullMarked
package org.openingminute.messaging;

import org.jspecify.annotations.NullMarked;
