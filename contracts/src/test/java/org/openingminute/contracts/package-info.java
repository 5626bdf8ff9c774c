@NullMarked
package org.openingminute.contracts;

import org.jspecify.annotations.NullMarked;
