/** Metrics of all requests, and traces of sampled ones. */
@NullMarked
package org.openingminute.gateway.observation;

import org.jspecify.annotations.NullMarked;
