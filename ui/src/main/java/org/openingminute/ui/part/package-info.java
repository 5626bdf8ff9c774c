/** The models of the fragments in {@code ui/parts}: plain values that a page supplies and a template renders. */
@NullMarked
package org.openingminute.ui.part;

import org.jspecify.annotations.NullMarked;
