/** Pages of a few sentences, as the links of mails lead to them. */
@NullMarked
package org.openingminute.notification.ops;

import org.jspecify.annotations.NullMarked;
