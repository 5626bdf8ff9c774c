/** The frame of the pages for staff, which several services render: which pages there are, for which roles, and the navigation between them. */
@NullMarked
package org.openingminute.ui.desk;

import org.jspecify.annotations.NullMarked;
