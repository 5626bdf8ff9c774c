/** Operations of this service: status, metrics, error pages, and the configuration of its web layer. */
@NullMarked
package org.openingminute.payment.ops;

import org.jspecify.annotations.NullMarked;
