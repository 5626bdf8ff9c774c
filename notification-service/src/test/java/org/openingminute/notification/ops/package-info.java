@NullMarked
package org.openingminute.notification.ops;

import org.jspecify.annotations.NullMarked;
