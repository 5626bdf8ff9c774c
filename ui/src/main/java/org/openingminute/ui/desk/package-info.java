/**
 * The frame of the pages for staff, which several services render: the entries of the navigation with the roles that may open them, and the
 * forms that these pages share.
 */
@NullMarked
package org.openingminute.ui.desk;

import org.jspecify.annotations.NullMarked;
