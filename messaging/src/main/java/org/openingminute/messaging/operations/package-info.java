/** What operators do about messages: dead letters, and having all relayed again. Every act is noted. */
@NullMarked
package org.openingminute.messaging.operations;

import org.jspecify.annotations.NullMarked;
