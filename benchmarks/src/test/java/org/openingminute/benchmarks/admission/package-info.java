/** Measures admission beside what it replaces: the same registrations, the same database, the same run. */
@NullMarked
package org.openingminute.benchmarks.admission;

import org.jspecify.annotations.NullMarked;
