/** What all pages share: one stylesheet with its address, and what their frame needs. It knows no other module. */
@NullMarked
package org.openingminute.ui;

import org.jspecify.annotations.NullMarked;
