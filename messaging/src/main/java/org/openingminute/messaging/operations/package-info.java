/** Operators' tools for messages: dead letters, republication and status. Every act is recorded. */
@NullMarked
package org.openingminute.messaging.operations;

import org.jspecify.annotations.NullMarked;
