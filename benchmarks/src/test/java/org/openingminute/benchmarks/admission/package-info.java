/** Compares admission with the straightforward implementation: same registrations, same database, same run. */
@NullMarked
package org.openingminute.benchmarks.admission;

import org.jspecify.annotations.NullMarked;
