/** Real servers for the tests of every module, chosen in this one place. */
@NullMarked
package org.openingminute.messaging.testing;

import org.jspecify.annotations.NullMarked;
