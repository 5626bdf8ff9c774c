package org.openingminute.payment.provider;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.openingminute.payment.payment.Act;

/**
 * A session as its provider tells it.
 *
 * @param id the provider's
 * @param key ours
 * @param url where the payer pays
 * @param over whether nothing can be paid in it any more
 * @param happened what came of it so far, oldest first; each is recognised when it is told again
 */
public record ProviderSession(String id, UUID key, UUID registration, URI url, boolean over, List<Act> happened) {

    public ProviderSession {
        happened = List.copyOf(happened);
    }

    /** What it tells, its end included. */
    public News news() {
        if (!over) {
            return new News(registration, happened);
        }
        List<Act> acts = new ArrayList<>(happened);
        acts.add(new Act.SessionEnded(key));
        return new News(registration, acts);
    }
}
