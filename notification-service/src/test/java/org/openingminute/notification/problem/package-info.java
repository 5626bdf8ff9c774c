@NullMarked
package org.openingminute.notification.problem;

import org.jspecify.annotations.NullMarked;
