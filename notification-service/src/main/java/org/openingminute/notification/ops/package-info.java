/** Operations of this service, the frame of its staff pages, and plain pages that links in mails lead to. */
@NullMarked
package org.openingminute.notification.ops;

import org.jspecify.annotations.NullMarked;
