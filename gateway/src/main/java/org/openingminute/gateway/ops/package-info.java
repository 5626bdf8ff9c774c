/** What the gateway joins of all services' answers, for operators and for those who write a client: status, dead letters, documents. */
@NullMarked
package org.openingminute.gateway.ops;

import org.jspecify.annotations.NullMarked;
