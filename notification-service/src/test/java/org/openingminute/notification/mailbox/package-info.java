@NullMarked
package org.openingminute.notification.mailbox;

import org.jspecify.annotations.NullMarked;
