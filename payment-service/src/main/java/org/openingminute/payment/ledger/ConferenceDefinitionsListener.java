package org.openingminute.payment.ledger;

import java.util.Objects;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores each conference's time zone, which decides to which day a posting belongs. */
@Component
class ConferenceDefinitionsListener {

    private final Inbox inbox;
    private final ConferenceRepository conferences;
    private final TransactionTemplate transaction;

    ConferenceDefinitionsListener(Inbox inbox, ConferenceRepository conferences, TransactionTemplate transaction) {
        this.inbox = inbox;
        this.conferences = conferences;
        this.transaction = transaction;
    }

    @MessageReader(topic = "conference.definitions.v1", types = "conference.published.v1", unknownTypes = Unknown.SKIP)
    void on(Message message) {
        KnownConference conference = conference(message.body(Published.class).definition());
        transaction.executeWithoutResult(_ -> {
            if (inbox.advances(message)) {
                conferences.keep(conference);
            }
        });
    }

    private static KnownConference conference(PublishedDefinition definition) {
        try {
            return new KnownConference(definition.slug(), definition.name(), definition.timeZone());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new PermanentFailure("the definition is not whole", e);
        }
    }

    record Published(PublishedDefinition definition) {

        Published {
            Objects.requireNonNull(definition, "a published conference has a definition");
        }
    }

    record PublishedDefinition(String slug, String name, String timeZone) {}
}
