/** Pages of a few sentences, as the links of mails lead to them. */
@NullMarked
package org.openingminute.notification.page;

import org.jspecify.annotations.NullMarked;
