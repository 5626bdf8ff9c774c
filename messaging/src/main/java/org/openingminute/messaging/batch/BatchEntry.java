package org.openingminute.messaging.batch;

import java.util.Map;
import java.util.Set;

/** A change that waits for its batch. Its content is parsed already. Immutable. */
public interface BatchEntry {

    /** The keys whose messages and rows the change may affect; at least one. */
    Set<String> keys();

    /**
     * The trace headers of the change's cause, and no other headers. The batch runs on another thread, so it cannot take them from the
     * context.
     */
    Map<String, String> trace();
}
