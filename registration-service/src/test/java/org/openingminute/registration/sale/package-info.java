@NullMarked
package org.openingminute.registration.sale;

import org.jspecify.annotations.NullMarked;
