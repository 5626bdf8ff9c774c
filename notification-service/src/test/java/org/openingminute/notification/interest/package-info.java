@NullMarked
package org.openingminute.notification.interest;

import org.jspecify.annotations.NullMarked;
