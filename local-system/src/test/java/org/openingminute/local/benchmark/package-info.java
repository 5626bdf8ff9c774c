/** Measures admission beside what it replaces: the same registrations, the same database, the same run. */
@NullMarked
package org.openingminute.local.benchmark;

import org.jspecify.annotations.NullMarked;
