/** What a request costs the gateway, beside nginx and its own libraries: proxied, kept, refused. */
@NullMarked
package org.openingminute.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
