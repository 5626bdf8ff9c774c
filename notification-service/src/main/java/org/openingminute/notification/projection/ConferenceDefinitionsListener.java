package org.openingminute.notification.projection;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openingminute.messaging.inbox.Inbox;
import org.openingminute.messaging.inbox.Message;
import org.openingminute.messaging.inbox.MessageReader;
import org.openingminute.messaging.inbox.MessageReader.Unknown;
import org.openingminute.messaging.inbox.PermanentFailure;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores the data of a conference that mails and documents need: its names, dates, place and time zone. */
@Component
class ConferenceDefinitionsListener {

    private final Inbox inbox;
    private final ProjectionRepository projections;
    private final TransactionTemplate transaction;

    ConferenceDefinitionsListener(Inbox inbox, ProjectionRepository projections, TransactionTemplate transaction) {
        this.inbox = inbox;
        this.projections = projections;
        this.transaction = transaction;
    }

    @MessageReader(topic = "conference.definitions.v1", types = "conference.published.v1", unknownTypes = Unknown.SKIP)
    void on(Message message) {
        PublishedDefinition definition = message.body(Published.class).definition();
        Conference conference = conference(definition);
        Names names = Names.of(definition.registration());
        transaction.executeWithoutResult(status -> {
            if (inbox.advances(message)) {
                projections.keepConference(conference, message.sequence(), names);
            }
        });
    }

    private static Conference conference(PublishedDefinition definition) {
        try {
            return new Conference(
                    definition.slug(),
                    definition.name(),
                    definition.fullName(),
                    definition.startsOn(),
                    definition.endsOn(),
                    definition.timeZone(),
                    definition.city(),
                    definition.region(),
                    definition.country(),
                    Boolean.TRUE.equals(definition.sample()));
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new PermanentFailure("the definition is not whole", e);
        }
    }

    record Published(PublishedDefinition definition) {

        Published {
            Objects.requireNonNull(definition, "a published conference has a definition");
        }
    }

    /** The names of categories and add-ons by code. */
    record Names(Map<String, String> categories, Map<String, String> addOns) {

        static Names of(@Nullable Sold sold) {
            return sold == null
                    ? new Names(Map.of(), Map.of())
                    : new Names(byCode(sold.categories()), byCode(sold.addOns()));
        }

        private static Map<String, String> byCode(@Nullable List<Named> all) {
            Map<String, String> names = new LinkedHashMap<>();
            for (Named named : all == null ? List.<Named>of() : all) {
                if (named.code() != null && named.name() != null) {
                    names.put(named.code(), named.name());
                }
            }
            return names;
        }
    }

    record PublishedDefinition(
            String slug,
            String name,
            @Nullable String fullName,
            LocalDate startsOn,
            LocalDate endsOn,
            String timeZone,
            @Nullable String city,
            @Nullable String region,
            @Nullable String country,
            @Nullable Boolean sample,
            @Nullable Sold registration) {}

    record Sold(@Nullable List<Named> categories, @Nullable List<Named> addOns) {}

    record Named(@Nullable String code, @Nullable String name) {}
}
