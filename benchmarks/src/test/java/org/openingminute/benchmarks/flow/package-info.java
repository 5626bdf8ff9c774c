/** Measures the whole system from click to mail: its throughput, and the cost of a finished registration. */
@NullMarked
package org.openingminute.benchmarks.flow;

import org.jspecify.annotations.NullMarked;
