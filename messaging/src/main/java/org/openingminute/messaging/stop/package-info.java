/** What a service does when it is told to stop. */
@NullMarked
package org.openingminute.messaging.stop;

import org.jspecify.annotations.NullMarked;
