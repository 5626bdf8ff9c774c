/**
 * What a service looks at before it starts (its keys, its variables, its settings; it needs no database and no broker for that),
 * and what it waits for when it is told to stop.
 */
@NullMarked
package org.openingminute.kit.startup;

import org.jspecify.annotations.NullMarked;
