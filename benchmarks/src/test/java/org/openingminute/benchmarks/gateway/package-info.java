/** What a proxied request costs the gateway, beside a proxy that does nothing else. */
@NullMarked
package org.openingminute.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
