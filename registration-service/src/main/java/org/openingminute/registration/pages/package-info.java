/** What people see in a browser: conferences, the registration form, a registration and what can be done with it. */
@NullMarked
package org.openingminute.registration.pages;

import org.jspecify.annotations.NullMarked;
