/** Runtime support of every service: jobs, gauges, ids and build information. */
@NullMarked
package org.openingminute.kit.runtime;

import org.jspecify.annotations.NullMarked;
