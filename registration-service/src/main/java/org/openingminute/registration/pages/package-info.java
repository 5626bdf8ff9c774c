/** The public pages: conferences, the registration form, and a registration with its actions. */
@NullMarked
package org.openingminute.registration.pages;

import org.jspecify.annotations.NullMarked;
