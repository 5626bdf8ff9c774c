/** Shared test support for the services: the contract of their edge, access and audit matrices, architecture rules, and tokens. */
@NullMarked
package org.openingminute.kit.testing;

import org.jspecify.annotations.NullMarked;
