package org.openingminute.gateway.request;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings.Bodies;

/**
 * Counts the bytes of unfinished bodies, in total and for each address. Once half of the total is used, an address may have an eighth of
 * it. Thread-safe.
 */
final class BytesInTransit {

    private final long most;
    private final AtomicLong all = new AtomicLong();
    private final Map<String, Long> ofAddresses = new ConcurrentHashMap<>();

    /** @param most the maximum total in bytes */
    BytesInTransit(long most) {
        this.most = most;
    }

    /**
     * Adds bytes of a client. Returns false, and adds nothing, if there is no room for them.
     *
     * @param bytes above zero
     */
    boolean add(String address, long bytes) {
        long ofAll = all.addAndGet(bytes);
        @Nullable Long ofAddress = ofAddresses.merge(address, bytes, Long::sum);
        boolean scarce = ofAll > most / 2;
        if (ofAll <= most && ofAddress != null && !(scarce && ofAddress > most / Bodies.ADDRESSES)) {
            return true;
        }
        remove(address, bytes);
        return false;
    }

    /** Removes bytes that were added before. */
    void remove(String address, long bytes) {
        all.addAndGet(-bytes);
        ofAddresses.computeIfPresent(address, (_, had) -> had == bytes ? null : had - bytes);
    }

    long all() {
        return all.get();
    }
}
