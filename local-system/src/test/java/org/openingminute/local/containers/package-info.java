/**
 * Tests and benchmarks of the system in containers: instances that come and go, and their throughput. {@code deploy/compose/try} runs them.
 */
@NullMarked
package org.openingminute.local.containers;

import org.jspecify.annotations.NullMarked;
