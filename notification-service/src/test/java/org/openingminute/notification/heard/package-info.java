@NullMarked
package org.openingminute.notification.heard;

import org.jspecify.annotations.NullMarked;
