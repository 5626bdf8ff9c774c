@NullMarked
package org.openingminute.notification.delivery;

import org.jspecify.annotations.NullMarked;
