/**
 * The cache of public reads. It collapses concurrent requests: one request for each key goes to a service, and its answer is sent to all.
 */
@NullMarked
package org.openingminute.gateway.cache;

import org.jspecify.annotations.NullMarked;
