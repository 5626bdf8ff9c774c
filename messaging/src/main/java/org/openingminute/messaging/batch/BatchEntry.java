package org.openingminute.messaging.batch;

import java.util.Map;
import java.util.Set;

/** A change that waits for its batch, with content that is parsed already. Immutable. */
public interface BatchEntry {

    /** The keys whose messages and rows it may change; at least one. */
    Set<String> keys();

    /** The headers of its cause's trace and no others; the batch runs on another thread. */
    Map<String, String> trace();
}
