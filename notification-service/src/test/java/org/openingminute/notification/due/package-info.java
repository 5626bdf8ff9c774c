@NullMarked
package org.openingminute.notification.due;

import org.jspecify.annotations.NullMarked;
