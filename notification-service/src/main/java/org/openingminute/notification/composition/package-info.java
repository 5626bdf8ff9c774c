/** Text, numbers and layout of a mail, in two languages and two forms. */
@NullMarked
package org.openingminute.notification.composition;

import org.jspecify.annotations.NullMarked;
