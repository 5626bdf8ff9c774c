/**
 * Checks before a service starts (of its keys, variables and settings, without database and broker), and the drain before it
 * stops.
 */
@NullMarked
package org.openingminute.kit.startup;

import org.jspecify.annotations.NullMarked;
