/** Runs the same flow in one process, which shows the services' cost without gateway, broker and outbox. */
@NullMarked
package org.openingminute.benchmarks.oneprocess;

import org.jspecify.annotations.NullMarked;
