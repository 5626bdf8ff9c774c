/** The service that takes payments and makes refunds, through a provider. */
@NullMarked
package org.openingminute.payment;

import org.jspecify.annotations.NullMarked;
