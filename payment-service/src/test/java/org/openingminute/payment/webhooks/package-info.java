@NullMarked
package org.openingminute.payment.webhooks;

import org.jspecify.annotations.NullMarked;
