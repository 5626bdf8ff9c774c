package org.openingminute.payment.books;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Two books that do not say the same.
 *
 * @param about names it, and is the same as long as it lasts
 * @param what for an operator
 */
record Difference(String about, @Nullable UUID registration, String what) {}
