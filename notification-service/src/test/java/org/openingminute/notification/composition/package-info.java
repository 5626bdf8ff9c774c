@NullMarked
package org.openingminute.notification.composition;

import org.jspecify.annotations.NullMarked;
