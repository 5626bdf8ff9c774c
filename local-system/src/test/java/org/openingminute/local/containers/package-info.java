/** The system in containers: instances that come and go, and what more of them carry. Run by {@code deploy/compose/try}. */
@NullMarked
package org.openingminute.local.containers;

import org.jspecify.annotations.NullMarked;
