@NullMarked
package org.openingminute.notification.documents;

import org.jspecify.annotations.NullMarked;
