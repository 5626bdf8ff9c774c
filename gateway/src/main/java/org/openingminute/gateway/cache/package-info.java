/** Public reads, kept and collapsed: one request for each key goes to a service, and what it answers is answered to all. */
@NullMarked
package org.openingminute.gateway.cache;

import org.jspecify.annotations.NullMarked;
