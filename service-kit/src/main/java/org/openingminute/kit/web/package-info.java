/** Parsing of requests, and responses that several services share. */
@NullMarked
package org.openingminute.kit.web;

import org.jspecify.annotations.NullMarked;
