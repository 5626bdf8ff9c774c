/** Measures what a request costs the gateway, compared with nginx and its own libraries: proxied, cached, refused. */
@NullMarked
package org.openingminute.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
