@NullMarked
package org.openingminute.payment.provider;

import org.jspecify.annotations.NullMarked;
