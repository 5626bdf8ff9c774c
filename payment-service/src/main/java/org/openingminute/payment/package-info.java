/** The service that takes money in and gives it back, through a provider. */
@NullMarked
package org.openingminute.payment;

import org.jspecify.annotations.NullMarked;
