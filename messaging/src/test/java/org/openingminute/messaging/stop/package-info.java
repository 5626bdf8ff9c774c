@NullMarked
package org.openingminute.messaging.stop;

import org.jspecify.annotations.NullMarked;
