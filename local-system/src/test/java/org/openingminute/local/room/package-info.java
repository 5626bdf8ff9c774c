/** Tests of a sale with a waiting room, with as many visitors as an opening attracts. */
@NullMarked
package org.openingminute.local.room;

import org.jspecify.annotations.NullMarked;
