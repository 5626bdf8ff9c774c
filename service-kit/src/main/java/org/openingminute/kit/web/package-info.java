/** How requests are read, and what several services answer in one form. */
@NullMarked
package org.openingminute.kit.web;

import org.jspecify.annotations.NullMarked;
