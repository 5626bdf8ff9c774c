/** Errors as RFC 9457 problem documents with a stable code. */
@NullMarked
package org.openingminute.kit.problem;

import org.jspecify.annotations.NullMarked;
