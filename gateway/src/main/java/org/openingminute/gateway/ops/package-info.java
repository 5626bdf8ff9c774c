/**
 * The calls in which the gateway combines the answers of all services, for operators and developers of clients: status, dead letters,
 * audit, API documents.
 */
@NullMarked
package org.openingminute.gateway.ops;

import org.jspecify.annotations.NullMarked;
