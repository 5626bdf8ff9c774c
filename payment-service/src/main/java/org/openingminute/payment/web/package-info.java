/** How this service answers when it cannot do what was asked. */
@NullMarked
package org.openingminute.payment.web;

import org.jspecify.annotations.NullMarked;
