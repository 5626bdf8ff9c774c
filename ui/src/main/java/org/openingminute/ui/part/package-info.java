/** What the fragments show: plain values, which a page fills and a template draws. */
@NullMarked
package org.openingminute.ui.part;

import org.jspecify.annotations.NullMarked;
