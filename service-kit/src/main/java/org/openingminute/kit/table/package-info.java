/** Tables as CSV files or Excel workbooks, streamed while they are read. */
@NullMarked
package org.openingminute.kit.table;

import org.jspecify.annotations.NullMarked;
