@NullMarked
package org.openingminute.notification.status;

import org.jspecify.annotations.NullMarked;
