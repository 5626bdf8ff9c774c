@NullMarked
package org.openingminute.notification.announcement;

import org.jspecify.annotations.NullMarked;
