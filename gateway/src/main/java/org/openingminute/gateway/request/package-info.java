/**
 * What all parts of the gateway need to know about a client's request: its thread, its credential, whether it is for a page for staff, and
 * the limits of its body.
 */
@NullMarked
package org.openingminute.gateway.request;

import org.jspecify.annotations.NullMarked;
