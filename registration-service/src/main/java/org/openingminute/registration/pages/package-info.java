/** The public pages: conferences, the registration form, a registration and its actions. */
@NullMarked
package org.openingminute.registration.pages;

import org.jspecify.annotations.NullMarked;
