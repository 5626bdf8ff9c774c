@NullMarked
package org.openingminute.mailtrap;

import org.jspecify.annotations.NullMarked;
