package org.openingminute.notification.composition;

import java.util.Optional;
import org.openingminute.notification.due.MailKind;

/** Where the organisers' words are. Safe for all threads. */
@FunctionalInterface
public interface OwnWordings {

    /** Nobody has any. */
    OwnWordings NONE = (conference, kind, language) -> Optional.empty();

    /**
     * The words that hold now; empty where ours do.
     *
     * @param conference its slug
     * @param language {@code en} or {@code de}
     */
    Optional<OwnWording> find(String conference, MailKind kind, String language);
}
