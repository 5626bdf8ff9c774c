/** The output of benchmarks: a page with tables, and an image. */
@NullMarked
package org.openingminute.local.page;

import org.jspecify.annotations.NullMarked;
