/**
 * The waiting room at runtime: the state that is queried, counted and stored each second, and what visitors use: API, page, cookies and
 * route filter.
 */
@NullMarked
package org.openingminute.gateway.waiting;

import org.jspecify.annotations.NullMarked;
