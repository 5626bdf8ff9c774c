/**
 * What the pages of all services share: stylesheet, scripts and fragments, and the code that the page frame needs. Depends on no other
 * module.
 */
@NullMarked
package org.openingminute.ui;

import org.jspecify.annotations.NullMarked;
