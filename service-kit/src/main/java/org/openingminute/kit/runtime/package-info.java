/** What every service needs while it runs: jobs, gauges, ids, and what it knows of itself. */
@NullMarked
package org.openingminute.kit.runtime;

import org.jspecify.annotations.NullMarked;
