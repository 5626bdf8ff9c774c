/** What the gateway says when it says no: codes, problem documents, and the page for a browser. */
@NullMarked
package org.openingminute.gateway.problem;

import org.jspecify.annotations.NullMarked;
