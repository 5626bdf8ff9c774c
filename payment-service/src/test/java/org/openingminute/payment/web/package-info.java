@NullMarked
package org.openingminute.payment.web;

import org.jspecify.annotations.NullMarked;
