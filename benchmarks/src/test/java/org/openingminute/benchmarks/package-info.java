/** Shared parts of the benchmarks: the forms, and the pages with results. */
@NullMarked
package org.openingminute.benchmarks;

import org.jspecify.annotations.NullMarked;
