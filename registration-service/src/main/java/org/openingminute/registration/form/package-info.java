/** Reads what people send, and says of every field what is wrong with it. */
@NullMarked
package org.openingminute.registration.form;

import org.jspecify.annotations.NullMarked;
