/**
 * What services promise each other when they talk through topics: nothing lost, in order for one key, a second time
 * harmless, poison aside. No business word is in here. {@code outbox} is for writing, {@code inbox} for reading,
 * {@code status} tells how far behind things are, {@code operators} is what people do about it; here is what they share.
 */
@NullMarked
package org.openingminute.messaging;

import org.jspecify.annotations.NullMarked;
