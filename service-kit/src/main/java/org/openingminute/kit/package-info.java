/**
 * What every service does alike at its edge: authentication, errors, request bodies, start and stop, jobs and metrics. Contains no business
 * logic.
 */
@NullMarked
package org.openingminute.kit;

import org.jspecify.annotations.NullMarked;
