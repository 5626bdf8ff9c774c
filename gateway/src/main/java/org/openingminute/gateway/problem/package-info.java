/** The gateway's refusals: codes, problem documents, and the page for a browser; its pages, and their language. */
@NullMarked
package org.openingminute.gateway.problem;

import org.jspecify.annotations.NullMarked;
