@NullMarked
package org.openingminute.gateway.routing;

import org.jspecify.annotations.NullMarked;
