/** Authentication and authorisation: access tokens of registrants, tokens of staff, roles and permissions, and the order of refusals. */
@NullMarked
package org.openingminute.kit.access;

import org.jspecify.annotations.NullMarked;
