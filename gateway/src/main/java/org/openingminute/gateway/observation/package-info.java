/** Metrics of all requests, and traces of those that are sampled. */
@NullMarked
package org.openingminute.gateway.observation;

import org.jspecify.annotations.NullMarked;
