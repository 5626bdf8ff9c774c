/** A client's request as all parts see it: its thread, its credential, whether its page is for staff, and how large and slow its body may be. */
@NullMarked
package org.openingminute.gateway.request;

import org.jspecify.annotations.NullMarked;
