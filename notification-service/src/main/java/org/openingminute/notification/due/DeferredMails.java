package org.openingminute.notification.due;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openingminute.notification.projection.DeferredMail;
import org.openingminute.notification.projection.ProjectionRepository;
import org.openingminute.notification.projection.RegistrationSnapshot;
import org.openingminute.notification.projection.StoredProjection;
import org.springframework.stereotype.Component;

/** Inserts deferred mails ahead of time, for readers who ask for them. */
@Component
public class DeferredMails {

    private final ProjectionRepository projections;
    private final DueMailWriter mails;
    private final PromptDelivery prompt;
    private final Clock clock;

    DeferredMails(ProjectionRepository projections, DueMailWriter mails, PromptDelivery prompt, Clock clock) {
        this.projections = projections;
        this.mails = mails;
        this.prompt = prompt;
        this.clock = clock;
    }

    /**
     * Inserts the row of a deferred mail at once, if there is such a mail. Runs in the caller's transaction, under the registration's lock.
     */
    public void insert(StoredProjection stored, DueMail due) {
        @Nullable RegistrationSnapshot registration = stored.states().registration();
        Instant now = clock.instant();
        List<DeferredMail> others = new ArrayList<>();
        List<PromptDelivery.NewMail> asked = new ArrayList<>();
        for (DeferredMail mail : stored.deferred()) {
            if (registration != null && due.is(mail.kind(), mail.about())) {
                asked.add(new PromptDelivery.NewMail(
                        stored.registration(),
                        DueMails.addressed(registration, due).contact().email(),
                        due,
                        mail.dueAt(now),
                        false,
                        null));
            } else {
                others.add(mail);
            }
        }
        if (!asked.isEmpty()) {
            projections.write(List.of(new StoredProjection.ProjectionChange(
                    stored.registration(),
                    null,
                    null,
                    null,
                    others,
                    others.stream()
                            .map(DeferredMail::dueAt)
                            .min(Comparator.naturalOrder())
                            .orElse(null))));
            mails.insert(asked, Set.of(), prompt.leases(), now);
        }
    }
}
