@NullMarked
package org.openingminute.notification.page;

import org.jspecify.annotations.NullMarked;
