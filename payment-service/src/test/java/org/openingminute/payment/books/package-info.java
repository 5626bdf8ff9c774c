@NullMarked
package org.openingminute.payment.books;

import org.jspecify.annotations.NullMarked;
