@NullMarked
package org.openingminute.notification.composing;

import org.jspecify.annotations.NullMarked;
