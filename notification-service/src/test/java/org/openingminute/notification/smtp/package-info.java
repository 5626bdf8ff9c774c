@NullMarked
package org.openingminute.notification.smtp;

import org.jspecify.annotations.NullMarked;
