@NullMarked
package org.openingminute.messaging.operations;

import org.jspecify.annotations.NullMarked;
