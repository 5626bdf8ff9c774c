/** Real servers for the tests of every module: the one place that decides where they come from. */
@NullMarked
package org.openingminute.messaging.testing;

import org.jspecify.annotations.NullMarked;
