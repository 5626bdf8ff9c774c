@NullMarked
package org.openingminute.notification.sending;

import org.jspecify.annotations.NullMarked;
