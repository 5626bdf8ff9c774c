/** The published descriptions: OpenAPI joined from all services, AsyncAPI, and a page to try it. */
@NullMarked
package org.openingminute.gateway.docs;

import org.jspecify.annotations.NullMarked;
