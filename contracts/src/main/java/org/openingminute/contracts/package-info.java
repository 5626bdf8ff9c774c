/** The contracts against which the tests of writers and readers check the messages between services. */
@NullMarked
package org.openingminute.contracts;

import org.jspecify.annotations.NullMarked;
