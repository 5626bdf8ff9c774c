/** From click to mail: what the whole system carries, and what a finished registration costs. */
@NullMarked
package org.openingminute.benchmarks.flow;

import org.jspecify.annotations.NullMarked;
