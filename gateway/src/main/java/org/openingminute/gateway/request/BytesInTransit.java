package org.openingminute.gateway.request;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openingminute.gateway.GatewaySettings.Bodies;

/** The bytes of bodies that have not ended: of all, and of each address, which has an eighth once half is used. Thread-safe. */
final class BytesInTransit {

    private final long most;
    private final AtomicLong all = new AtomicLong();
    private final Map<String, Long> ofAddresses = new ConcurrentHashMap<>();

    /** @param most bytes of all */
    BytesInTransit(long most) {
        this.most = most;
    }

    /** Counts bytes of a client, more than none; false where there is no room for them. */
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

    /** Bytes that were counted are gone. */
    void remove(String address, long bytes) {
        all.addAndGet(-bytes);
        ofAddresses.computeIfPresent(address, (_, had) -> had == bytes ? null : had - bytes);
    }

    long all() {
        return all.get();
    }
}
