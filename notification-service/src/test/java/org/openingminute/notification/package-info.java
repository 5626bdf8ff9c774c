@NullMarked
package org.openingminute.notification;

import org.jspecify.annotations.NullMarked;
