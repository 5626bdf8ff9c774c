@NullMarked
package org.openingminute.notification.maillog;

import org.jspecify.annotations.NullMarked;
