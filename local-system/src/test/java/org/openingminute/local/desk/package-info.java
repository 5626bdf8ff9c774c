/** Tests of the desk of a conference with very many registrations: its speed, its files, and its effect on the sale. */
@NullMarked
package org.openingminute.local.desk;

import org.jspecify.annotations.NullMarked;
