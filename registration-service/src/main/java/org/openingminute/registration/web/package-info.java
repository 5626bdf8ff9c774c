/** What every answer has in common: problems, headers, reading of bodies. */
@NullMarked
package org.openingminute.registration.web;

import org.jspecify.annotations.NullMarked;
