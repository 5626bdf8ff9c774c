/**
 * The gateway, the single public entry of the system. This package has the application, its settings, and the types that its other packages
 * share.
 */
@NullMarked
package org.openingminute.gateway;

import org.jspecify.annotations.NullMarked;
