/** Routing of paths to services, with headers, time budgets, retries, circuit breakers and bulkheads. */
@NullMarked
package org.openingminute.gateway.routing;

import org.jspecify.annotations.NullMarked;
