/** A client's request as all parts see it: its thread, its credential, and how large and how slow its body may be. */
@NullMarked
package org.openingminute.gateway.request;

import org.jspecify.annotations.NullMarked;
