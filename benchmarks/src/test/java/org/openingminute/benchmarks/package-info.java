/** What the benchmarks share: how much is measured, and the page that tells of it. */
@NullMarked
package org.openingminute.benchmarks;

import org.jspecify.annotations.NullMarked;
