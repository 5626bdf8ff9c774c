/** The operators' acts on messages: dead letters and republication. Every act is recorded. */
@NullMarked
package org.openingminute.messaging.operations;

import org.jspecify.annotations.NullMarked;
