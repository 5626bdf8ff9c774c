/** What a benchmark writes for people: a page with tables, and a picture. */
@NullMarked
package org.openingminute.local.page;

import org.jspecify.annotations.NullMarked;
