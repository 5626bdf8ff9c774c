package org.openingminute.notification.composition;

import java.util.Optional;
import org.openingminute.notification.due.MailKind;

/** Finds organisers' wordings. */
@FunctionalInterface
public interface OwnWordings {

    /** A source without wordings. */
    OwnWordings NONE = (conference, kind, language) -> Optional.empty();

    /**
     * Returns the current wording; empty if ours is used.
     *
     * @param conference its slug
     * @param language {@code en} or {@code de}
     */
    Optional<OwnWording> find(String conference, MailKind kind, String language);
}
