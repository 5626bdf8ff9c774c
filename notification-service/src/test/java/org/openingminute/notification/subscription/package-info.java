@NullMarked
package org.openingminute.notification.subscription;

import org.jspecify.annotations.NullMarked;
