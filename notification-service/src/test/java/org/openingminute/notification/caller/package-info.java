@NullMarked
package org.openingminute.notification.caller;

import org.jspecify.annotations.NullMarked;
