/** What the services' tests have of the kit: the suite of their edge, and tokens. */
@NullMarked
package org.openingminute.kit.testing;

import org.jspecify.annotations.NullMarked;
