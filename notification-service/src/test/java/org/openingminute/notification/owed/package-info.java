@NullMarked
package org.openingminute.notification.owed;

import org.jspecify.annotations.NullMarked;
