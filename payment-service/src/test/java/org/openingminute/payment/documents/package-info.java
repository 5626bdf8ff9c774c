@NullMarked
package org.openingminute.payment.documents;

import org.jspecify.annotations.NullMarked;
