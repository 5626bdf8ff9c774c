/** The gateway's own pages, which look like the rest of the site and need nothing of it. */
@NullMarked
package org.openingminute.gateway.pages;

import org.jspecify.annotations.NullMarked;
