/**
 * What services promise each other when they talk through topics: nothing lost, in order for one key, a second time
 * harmless, poison aside. No business word is in here.
 */
@NullMarked
package org.openingminute.messaging;

import org.jspecify.annotations.NullMarked;
