/** The same flow in one process: what the services' rules cost without a gateway, a broker and an outbox between them. */
@NullMarked
package org.openingminute.benchmarks.oneprocess;

import org.jspecify.annotations.NullMarked;
