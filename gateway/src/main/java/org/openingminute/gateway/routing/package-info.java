/** Routes of paths to services, with their headers, time budgets and outages. */
@NullMarked
package org.openingminute.gateway.routing;

import org.jspecify.annotations.NullMarked;
