/**
 * The whole system on one machine: every process is a child of one launcher, and a data folder survives a restart.
 * {@link org.openingminute.local.LocalSystem} is the page to read first.
 */
@NullMarked
package org.openingminute.local;

import org.jspecify.annotations.NullMarked;
