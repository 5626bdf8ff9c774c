/**
 * The whole system on one machine: every process a child of one launcher, with a data folder that survives a restart.
 * {@link org.openingminute.local.LocalSystem} is the page to read first.
 */
@NullMarked
package org.openingminute.local;

import org.jspecify.annotations.NullMarked;
