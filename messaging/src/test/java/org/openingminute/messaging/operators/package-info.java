@NullMarked
package org.openingminute.messaging.operators;

import org.jspecify.annotations.NullMarked;
