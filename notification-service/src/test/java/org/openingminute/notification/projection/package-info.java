@NullMarked
package org.openingminute.notification.projection;

import org.jspecify.annotations.NullMarked;
