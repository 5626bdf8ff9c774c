/** Error responses of the gateway (problem documents and pages), its other pages, and their language. */
@NullMarked
package org.openingminute.gateway.problem;

import org.jspecify.annotations.NullMarked;
