/** The gateway's refusals: codes, problem documents, and the page for a browser. */
@NullMarked
package org.openingminute.gateway.problem;

import org.jspecify.annotations.NullMarked;
