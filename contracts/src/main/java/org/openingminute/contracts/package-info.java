/** What the tests of writers and readers hold the messages between services against. */
@NullMarked
package org.openingminute.contracts;

import org.jspecify.annotations.NullMarked;
